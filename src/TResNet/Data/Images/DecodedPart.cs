namespace TResNet.Data.Images;

/// <summary>A decoded image, or as much of it as was wanted.</summary>
/// <param name="Pixels">The pixels.</param>
/// <param name="Left">Where on the image they begin.</param>
/// <param name="Top">Where on the image they begin.</param>
/// <param name="Width">Width of the whole image at the scale at which it was decoded.</param>
/// <param name="Height">Height of the whole image at that scale.</param>
/// <param name="Divisor">What the sides were divided by: 1, 2, 4 or 8.</param>
internal readonly record struct DecodedPart(RgbImage Pixels, int Left, int Top, int Width, int Height, int Divisor = 1)
{
    /// <summary>All of an image.</summary>
    public static DecodedPart Of(RgbImage image, int divisor = 1) =>
        new(image, 0, 0, image.Width, image.Height, divisor);
}
