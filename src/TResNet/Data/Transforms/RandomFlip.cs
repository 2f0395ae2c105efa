using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Mirrors some images.</summary>
/// <param name="isVertical">Whether top and bottom change places, and not left and right.</param>
/// <param name="probability">The share of images that is mirrored, 0 to 1.</param>
/// <exception cref="TResNetException">The probability is out of range.</exception>
internal sealed class RandomFlip(bool isVertical, double probability = 0.5) : ImageTransform
{
    private const int Mirrored = 2;
    private const int UpsideDown = 4;

    private readonly double probability = InRange(probability, 0, 1, nameof(probability));

    /// <summary>Whether top and bottom change places.</summary>
    public bool IsVertical => isVertical;

    internal override RgbImage Apply(RgbImage image, SplitMix64 random) =>
        Draw(random) ? Orientation.Upright(image, isVertical ? UpsideDown : Mirrored) : image;

    /// <summary>Whether the next image is mirrored.</summary>
    internal bool Draw(SplitMix64 random) => random.Uniform(0, 1) < this.probability;
}
