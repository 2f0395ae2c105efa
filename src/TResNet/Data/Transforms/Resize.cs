using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Resizes an image so that its shorter side has a given length, as torchvision's Resize does with one number.</summary>
/// <param name="size">The shorter side of the result in pixels, 1 to 16,384.</param>
/// <param name="interpolation">The filter.</param>
/// <exception cref="TResNetException">The size is out of range.</exception>
internal sealed class Resize(int size, Interpolation interpolation = Interpolation.Bilinear) : ImageTransform
{
    private readonly int size = Side(size);

    internal override RgbImage Apply(RgbImage image, SplitMix64 random)
    {
        var (width, height) = SizeOf(image.Width, image.Height, this.size);
        return (width, height) == (image.Width, image.Height)
            ? image
            : Resampler.Resize(image, width, height, interpolation);
    }

    /// <summary>The sides of the result; the longer one is rounded down.</summary>
    internal static (int Width, int Height) SizeOf(int width, int height, int shorter) =>
        width <= height
            ? (shorter, (int)((long)shorter * height / width))
            : ((int)((long)shorter * width / height), shorter);
}
