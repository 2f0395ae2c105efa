using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Transforms one after the other.</summary>
/// <param name="transforms">In their order; none leaves images as they are.</param>
public sealed class Compose(params IReadOnlyList<ImageTransform> transforms) : ImageTransform
{
    internal override RgbImage Apply(SourceImage image, SplitMix64 random) =>
        transforms.Count == 0
            ? image.Decode()
            : transforms
                .Skip(1)
                .Aggregate(transforms[0].Apply(image, random), (done, next) => next.Apply(done, random));

    internal override RgbImage Apply(RgbImage image, SplitMix64 random) =>
        transforms.Aggregate(image, (done, next) => next.Apply(done, random));
}
