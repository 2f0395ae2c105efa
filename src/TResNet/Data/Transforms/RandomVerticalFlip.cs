using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Mirrors some images top to bottom.</summary>
/// <param name="probability">The share of images that is mirrored, 0 to 1.</param>
/// <exception cref="TResNetException">The probability is out of range.</exception>
internal sealed class RandomVerticalFlip(double probability = 0.5) : ImageTransform
{
    private const int UpsideDown = 4;

    private readonly double probability = InRange(probability, 0, 1, nameof(probability));

    internal override RgbImage Apply(RgbImage image, SplitMix64 random) =>
        random.Uniform(0, 1) < this.probability ? Orientation.Upright(image, UpsideDown) : image;
}
