namespace TResNet.Data.Images;

/// <summary>Pixels that need no decoding.</summary>
internal sealed class PlainImage(RgbImage pixels, string name)
    : SourceImage(name, pixels.Width, pixels.Height, orientation: 1)
{
    private protected override DecodedPart DecodeInto(
        Func<int, int, RgbImage> make,
        int leastWidth,
        int leastHeight,
        PixelArea wanted
    ) => DecodedPart.Of(pixels);
}
