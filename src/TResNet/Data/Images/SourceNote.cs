namespace TResNet.Data.Images;

/// <summary>What is said once of the images that it holds for, as the end of a sentence.</summary>
internal static class SourceNote
{
    public const string FirstFrame = "an animation, of which the first frame is taken";
    public const string FirstPage = "a file of several pages, of which the first is taken";
    public const string SixteenBits = "grey with 16 bits a pixel, where all values above 255 become white as in PIL";
}
