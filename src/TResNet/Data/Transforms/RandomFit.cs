using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>A photograph as evaluation shows it, for training: nothing is drawn but the filter where none is named.</summary>
/// <param name="size">The side in pixels, 1 to 16,384.</param>
/// <param name="mode">What is fitted.</param>
/// <param name="interpolation">The filter; null draws one for each image, as timm does.</param>
/// <param name="normalize">What becomes of the pixels later, which says the colour of a border.</param>
/// <exception cref="TResNetException">The size is out of range.</exception>
internal sealed class RandomFit(int size, CropMode mode, Interpolation? interpolation, Normalize normalize)
    : ImageTransform
{
    private readonly EvaluationCrop[] crops =
    [
        .. (interpolation is { } one ? [one] : RandomResizedCrop.Drawn).Select(filter => new EvaluationCrop(
            size,
            cropPct: 1,
            filter,
            CropPlace.Center,
            mode,
            normalize
        )),
    ];

    internal override RgbImage Apply(SourceImage image, SplitMix64 random) => Draw(random).Apply(image, random);

    internal override RgbImage Apply(RgbImage image, SplitMix64 random) => Draw(random).Apply(image, random);

    private EvaluationCrop Draw(SplitMix64 random) => crops.Length == 1 ? crops[0] : crops[random.Next(crops.Length)];
}
