// What training does to images, in the order in which timm does it: a random crop, a flip, a policy or colours, a cover; then, on batches,
// mixing; then, on normalised values, erasing. Mixing before and after the normalisation is the same, since shares sum to one.

using System.Text.Json.Serialization;

namespace TResNet.Data.Transforms;

/// <summary>How training images are changed at random. All is drawn from the seed, the epoch and the image.</summary>
/// <remarks>The names are timm's. States of runs keep the names that they had first, so that every version reads them.</remarks>
/// <example><code>
/// var changes = new Augmentations { AutoAugment = "rand-m9-mstd0.5-inc1", Mixup = 0.2 };
/// var (flowers, _) = ImageSources.Load("flowers");
/// var data = new TransformedDataset(flowers, 224, changes, Normalize.ImageNet);
/// </code></example>
public sealed record Augmentations
{
    /// <summary>
    /// The smallest and the largest part of a photograph that is shown, as shares of its area, above 0 to 1. Images of one known size are shown whole.
    /// </summary>
    [JsonIgnore]
    public (double Min, double Max) Scale { get; init; } = (0.08, 1);

    [JsonInclude, JsonPropertyName("LeastCrop")]
    internal double MinScale
    {
        get => Scale.Min;
        init => Scale = Scale with { Min = value };
    }

    [JsonInclude]
    internal double MaxScale
    {
        get => Scale.Max;
        init => Scale = Scale with { Max = value };
    }

    /// <summary>The share of images that are mirrored left to right, 0 to 1.</summary>
    [JsonPropertyName("Flip")]
    public double HFlip { get; init; } = 0.5;

    /// <summary>The share of images that are mirrored top to bottom, 0 to 1.</summary>
    public double VFlip { get; init; }

    /// <summary>The least and the most ratio of width to height of the part of a photograph that is shown, 0.01 to 100.</summary>
    [JsonIgnore]
    public (double Min, double Max) Ratio { get; init; } = (3 / 4.0, 4 / 3.0);

    [JsonInclude]
    internal double MinRatio
    {
        get => Ratio.Min;
        init => Ratio = Ratio with { Min = value };
    }

    [JsonInclude]
    internal double MaxRatio
    {
        get => Ratio.Max;
        init => Ratio = Ratio with { Max = value };
    }

    /// <summary>The filter that photographs are resized by; null draws one for each image, as timm does.</summary>
    public Interpolation? TrainInterpolation { get; init; }

    /// <summary>How a photograph becomes a square.</summary>
    [JsonInclude]
    internal TrainCropMode TrainCropMode { get; init; }

    /// <summary>How far images are shifted, in pixels each way; 0 (not at all) to 64. What comes in is 0 after <see cref="Normalize"/>.</summary>
    public int Shift { get; init; }

    /// <summary>
    /// AutoAugment, 3-Augment or RandAugment as timm writes them (<c>original</c>, <c>3a</c>, <c>rand-m9-mstd0.5-inc1</c>), TrivialAugment as torchvision
    /// does (<c>ta_wide</c>); null for none.
    /// </summary>
    [JsonPropertyName("Policy")]
    public string? AutoAugment { get; init; }

    /// <summary>How far brightness, contrast and saturation move, 0 to 10; 0 leaves them. With <see cref="AutoAugment"/> only beside <c>3a</c>, as in timm.</summary>
    public double ColorJitter { get; init; }

    /// <summary>The sides of the square that covers part of each image, as a share of the image's, 0 to 1; 0 for none.</summary>
    public double Cutout { get; init; }

    /// <summary>Whether the square is covered before <see cref="AutoAugment"/> and <see cref="ColorJitter"/>, as in the code of TResNet's authors, and not after.</summary>
    [JsonInclude]
    internal bool CutoutFirst { get; init; }

    /// <summary>The share of images that a random rectangle is erased from, 0 to 1.</summary>
    [JsonPropertyName("Erasing")]
    public double RandomErasing { get; init; }

    /// <summary>What it is filled with.</summary>
    [JsonInclude]
    internal ErasingFill ErasingFill { get; init; } = ErasingFill.Pixels;

    /// <summary>The parameter of mixup's distribution, 0 to 10; 0 for none.</summary>
    public double Mixup { get; init; }

    /// <summary>The parameter of cutmix's distribution, 0 to 10; 0 for none.</summary>
    public double Cutmix { get; init; }

    /// <summary>The least and the most share of each side that cutmix exchanges, 0 to 1, in the place of a distribution; null for the distribution.</summary>
    [JsonIgnore]
    public (double Min, double Max)? CutmixMinMax { get; init; }

    [JsonInclude]
    internal double[]? CutmixSides
    {
        get => CutmixMinMax is var (min, max) ? [min, max] : null;
        init => CutmixMinMax = value is [var min, var max] ? (min, max) : null;
    }

    /// <summary>The share of batches, pairs or images that are mixed, 0 to 1.</summary>
    public double MixupProb { get; init; } = 1;

    /// <summary>Where both are on, the share of these that cutmix gets, 0 to 1.</summary>
    public double MixupSwitchProb { get; init; } = 0.5;

    /// <summary>What mixing draws once for.</summary>
    public MixupMode MixupMode { get; init; }

    /// <summary>The last epoch that mixes; 0 for all.</summary>
    public int MixupOffEpoch { get; init; }

    /// <summary>How often an image comes in a row, each time changed anew, in epochs that are as long as before; 0 or 1 for once, at most 100.</summary>
    [JsonInclude]
    internal double AugRepeats { get; init; }

    /// <summary>Whether images are mixed at all.</summary>
    [JsonIgnore]
    internal bool Mixes => Mixup != 0 || Cutmix != 0 || CutmixMinMax is not null;

    /// <summary>Makes sure that all values can be used.</summary>
    /// <returns>These augmentations.</returns>
    /// <exception cref="TResNetException">A value is out of range, or two do not go together.</exception>
    public Augmentations Validate()
    {
        _ = OnImages(size: 1, isPhotograph: true, Normalize.ZeroToOne, new EvaluationCrop(1));
        _ = OnValues();
        _ = OnBatches();
        _ = new RandomShift(Shift);
        if (MixupOffEpoch < 0)
        {
            throw new TResNetException(
                $"The last epoch that mixes is {MixupOffEpoch}, but it has to be at least 0 (all epochs); choose another."
            );
        }

        if (AugRepeats is not (0 or (>= 1 and <= 100)))
        {
            throw new TResNetException(
                $"Each image is to come {AugRepeats} times in a row, but it has to be 0 (once) or from 1 to 100; choose another."
            );
        }

        return this;
    }

    /// <summary>What happens to images.</summary>
    /// <param name="size">The side of a network's input in pixels.</param>
    /// <param name="isPhotograph">Whether the images are of any size, and are cropped at random.</param>
    /// <param name="normalize">What becomes of the pixels later.</param>
    /// <param name="evaluation">What is shown of images of one known size.</param>
    internal ImageTransform OnImages(int size, bool isPhotograph, Normalize normalize, ImageTransform evaluation)
    {
        if (
            ColorJitter > 0
            && AutoAugment is not null
            && AutoAugment.Split('-')[0] != Data.Transforms.AutoAugment.ThreeName
        )
        {
            throw new TResNetException(
                $"The policy {AutoAugment} changes colours already, so a colour jitter of {ColorJitter} has no place beside it; leave one out."
            );
        }

        List<ImageTransform> transforms =
        [
            isPhotograph ? Square(size, normalize) : evaluation,
            new RandomFlip(isVertical: false, HFlip),
        ];
        if (VFlip != 0)
        {
            transforms.Add(new RandomFlip(isVertical: true, VFlip));
        }

        if (Cutout != 0 && CutoutFirst)
        {
            transforms.Add(new Cutout(Cutout));
        }

        if (AutoAugment is not null)
        {
            transforms.Add(Data.Transforms.AutoAugment.Parse(AutoAugment, Rgb.MeanOf(normalize), TrainInterpolation));
        }

        if (ColorJitter != 0)
        {
            transforms.Add(new ColorJitter(ColorJitter, ColorJitter, ColorJitter));
        }

        if (Cutout != 0 && !CutoutFirst)
        {
            transforms.Add(new Cutout(Cutout));
        }

        return new Compose(transforms);
    }

    private ImageTransform Square(int size, Normalize normalize)
    {
        return TrainCropMode switch
        {
            TrainCropMode.Rrc => new RandomResizedCrop(size, Scale, Ratio, TrainInterpolation),
            TrainCropMode.Rkrc => Resized(anywhere: false),
            TrainCropMode.Rkrr => Resized(anywhere: true),
            TrainCropMode.Squash => Fitted(CropMode.Squash),
            TrainCropMode.Border => Fitted(CropMode.Border),
            _ => Fitted(CropMode.Center),
        };

        RandomResizeKeepRatio Resized(bool anywhere) => new(size, Scale, Ratio, anywhere, TrainInterpolation);

        RandomFit Fitted(CropMode mode) => new(size, mode, TrainInterpolation, normalize);
    }

    /// <summary>What happens to the values of an image; null for nothing.</summary>
    internal RandomErasing? OnValues() => RandomErasing != 0 ? new RandomErasing(RandomErasing, ErasingFill) : null;

    /// <summary>What happens to batches; null for nothing.</summary>
    internal BatchMix? OnBatches() =>
        Mixes ? new BatchMix(Mixup, Cutmix, MixupProb, MixupSwitchProb, MixupMode, CutmixMinMax) : null;
}
