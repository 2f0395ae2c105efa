using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Transforms one after the other.</summary>
/// <param name="transforms">In their order; none leaves images as they are.</param>
internal sealed class Compose(params IReadOnlyList<ImageTransform> transforms) : ImageTransform
{
    internal override RgbImage Apply(SourceImage image, SplitMix64 random)
    {
        // A resampler mirrors for nothing.
        var (first, others) = transforms switch
        {
            [] => (image.Decode(), 0),
            [RandomResizedCrop crop, RandomFlip { IsVertical: false } flip, ..] => (crop.Apply(image, random, flip), 2),
            [var transform, ..] => (transform.Apply(image, random), 1),
        };
        return transforms.Skip(others).Aggregate(first, (done, next) => next.Apply(done, random));
    }

    internal override RgbImage Apply(RgbImage image, SplitMix64 random) =>
        transforms.Aggregate(image, (done, next) => next.Apply(done, random));
}
