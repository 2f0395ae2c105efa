using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Mirrors some images left to right.</summary>
/// <param name="probability">The share of images that is mirrored, 0 to 1.</param>
/// <exception cref="TResNetException">The probability is out of range.</exception>
internal sealed class RandomHorizontalFlip(double probability = 0.5) : ImageTransform
{
    private const int Mirrored = 2;

    private readonly double probability = InRange(probability, 0, 1, nameof(probability));

    internal override RgbImage Apply(RgbImage image, SplitMix64 random) =>
        Draw(random) ? Orientation.Upright(image, Mirrored) : image;

    /// <summary>Whether the next image is mirrored.</summary>
    internal bool Draw(SplitMix64 random) => random.Uniform(0, 1) < this.probability;
}
