// What training does to images, in the order in which timm does it: a random crop, a flip, a policy or colours, a cover; then, on normalised
// values, erasing; then, on batches, mixing.

using TResNet.Data.Transforms;

namespace TResNet.Data;

/// <summary>How training images are changed at random. All is drawn from the seed, the epoch and the image.</summary>
/// <example><code>var data = new Augmentations { Policy = "rand-m9-mstd0.5-inc1", Mixup = 0.2 }.Apply(source, 224, PixelScale.ImageNet);</code></example>
public sealed record Augmentations
{
    /// <summary>The smallest part of a photograph that is shown, as a share of its area, above 0 to 1. Images of one known size are shown whole.</summary>
    public double LeastCrop { get; init; } = 0.08;

    /// <summary>The share of images that are mirrored left to right, 0 to 1.</summary>
    public double Flip { get; init; } = 0.5;

    /// <summary>AutoAugment or RandAugment as timm writes them: <c>original</c>, <c>rand-m9-mstd0.5-inc1</c>; null for neither.</summary>
    public string? Policy { get; init; }

    /// <summary>How far brightness, contrast and saturation move, 0 to 10; 0 leaves them. Not together with <see cref="Policy"/>, as in timm.</summary>
    public double ColorJitter { get; init; }

    /// <summary>The sides of the square that covers part of each image, as a share of the image's, 0 to 1; 0 for none.</summary>
    public double Cutout { get; init; }

    /// <summary>The share of images that a random rectangle is erased from, 0 to 1.</summary>
    public double Erasing { get; init; }

    /// <summary>What it is filled with.</summary>
    public ErasingFill ErasingFill { get; init; } = ErasingFill.Pixels;

    /// <summary>The parameter of mixup's distribution, 0 to 10; 0 for none.</summary>
    public double Mixup { get; init; }

    /// <summary>The parameter of cutmix's distribution, 0 to 10; 0 for none.</summary>
    public double Cutmix { get; init; }

    /// <summary>A source's images, changed like this for training.</summary>
    /// <param name="source">The images.</param>
    /// <param name="size">The side of a network's input in pixels.</param>
    /// <param name="scale">What becomes of the pixels.</param>
    /// <param name="evaluation">What evaluation sees; null for <see cref="EvaluationCrop"/>.</param>
    /// <param name="seed">Decides what is drawn.</param>
    /// <exception cref="TResNetException">A value is out of range, or two do not go together.</exception>
    public TransformedDataset Apply(
        Sources.ImageSource source,
        int size,
        PixelScale scale,
        ImageTransform? evaluation = null,
        long seed = 0
    )
    {
        evaluation ??= new EvaluationCrop(size);
        return new TransformedDataset(
            source,
            size,
            new Compose([.. Transforms(size, source.Size is null, scale, evaluation)]),
            evaluation,
            scale,
            seed,
            Erasing > 0 ? new RandomErasing(Erasing, ErasingFill) : null,
            Mixup > 0 || Cutmix > 0 ? new BatchMix(Mixup, Cutmix) : null
        )
        {
            MadeFrom = this,
            AtOtherSize = evaluation is EvaluationCrop crop
                ? side => Apply(source, side, scale, crop.At(side), seed)
                : null,
        };
    }

    /// <summary>Makes sure that all values can be used.</summary>
    /// <returns>These augmentations.</returns>
    /// <exception cref="TResNetException">A value is out of range, or two do not go together.</exception>
    public Augmentations Validate()
    {
        _ = Transforms(size: 1, isPhotograph: true, PixelScale.ZeroToOne, new EvaluationCrop(1)).ToList();
        _ = new RandomErasing(Erasing, ErasingFill);
        _ = Mixup != 0 || Cutmix != 0 ? new BatchMix(Mixup, Cutmix) : null;
        return this;
    }

    private IEnumerable<ImageTransform> Transforms(
        int size,
        bool isPhotograph,
        PixelScale scale,
        ImageTransform evaluation
    )
    {
        if (isPhotograph)
        {
            yield return new RandomResizedCrop(size, (LeastCrop, 1));
        }
        else
        {
            yield return evaluation;
        }

        yield return new RandomHorizontalFlip(Flip);

        if (Policy is not null && ColorJitter > 0)
        {
            throw new TResNetException(
                $"The policy {Policy} changes colours already, so a colour jitter of {ColorJitter} has no place beside it; leave one out."
            );
        }

        if (Policy is not null)
        {
            yield return AutoAugment.Parse(Policy, Rgb.MeanOf(scale));
        }

        if (ColorJitter != 0)
        {
            yield return new ColorJitter(ColorJitter, ColorJitter, ColorJitter);
        }

        if (Cutout != 0)
        {
            yield return new Cutout(Cutout);
        }
    }
}
