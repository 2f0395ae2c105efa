// Images of a source as a network sees them: decoded, transformed one by one, normalised.

using TResNet.Data.Images;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;

namespace TResNet.Data.Loading;

/// <summary>
/// The images of a source as square images of one size. Damaged ones are left out of their batch, which is then shorter, and named in
/// <see cref="Skipped"/>.
/// </summary>
/// <example><code>
/// var (train, validation) = ImageSources.Load("flowers");
/// var changes = Transforms.Compose(Transforms.RandomResizedCrop(224), Transforms.RandomHorizontalFlip());
/// var data = new TransformedDataset(train, 224, changes);
/// var (images, labels) = data.GetTrainingBatch([0, 1, 2], epoch: 1);   // [3, 3, 224, 224] and [3]
/// </code></example>
public sealed class TransformedDataset : ImageDataset
{
    private const ulong ErasingPurpose = 4;
    private const ulong MixPurpose = 5;

    private readonly ImageSource source;
    private readonly ImageTransform? evaluation;
    private readonly ImageTransform? training;
    private readonly long seed;
    private readonly ToTensor toTensor;
    private readonly RandomShift? shift;
    private readonly RandomErasing? erasing;
    private readonly BatchMix? mix;
    private readonly Func<int, TransformedDataset>? atSize;

    /// <summary>A data set.</summary>
    /// <param name="source">Where the images are.</param>
    /// <param name="size">The side in pixels that both transforms give, 1 to 16,384.</param>
    /// <param name="training">What training sees; null for the same as evaluation.</param>
    /// <param name="evaluation">What evaluation sees; null for <see cref="Transforms.Transforms.EvaluationCrop"/> of 87.5%.</param>
    /// <param name="normalize">What becomes of the pixels; null for 0 to 1.</param>
    /// <param name="seed">With the epoch and an image's index, decides what random transforms draw.</param>
    /// <exception cref="TResNetException">The size is out of range.</exception>
    public TransformedDataset(
        ImageSource source,
        int size,
        ImageTransform? training = null,
        ImageTransform? evaluation = null,
        Normalize? normalize = null,
        long seed = 0
    )
    {
        (this.source, Height, Width, Channels, this.seed) = (source, size, size, RgbImage.Channels, seed);
        this.evaluation = evaluation ?? new EvaluationCrop(size);
        this.training = training ?? this.evaluation;
        toTensor = new ToTensor(normalize ?? Normalize.ZeroToOne);
    }

    /// <summary>A data set whose images are changed at random for training.</summary>
    /// <param name="source">Where the images are.</param>
    /// <param name="size">The side of a network's input in pixels, 1 to 16,384.</param>
    /// <param name="augmentations">How they are changed.</param>
    /// <param name="normalize">What becomes of the pixels.</param>
    /// <param name="evaluation">What evaluation sees; null for <see cref="Transforms.Transforms.EvaluationCrop"/> of 87.5%.</param>
    /// <param name="seed">With the epoch and an image's index, decides what is drawn.</param>
    /// <exception cref="TResNetException">A value is out of range, or two do not go together.</exception>
    public TransformedDataset(
        ImageSource source,
        int size,
        Augmentations augmentations,
        Normalize normalize,
        ImageTransform? evaluation = null,
        long seed = 0
    )
        : this(
            source,
            size,
            augmentations.OnImages(size, source.Size is null, normalize, evaluation ?? new EvaluationCrop(size)),
            evaluation,
            normalize,
            seed
        )
    {
        Augmentations = augmentations;
        shift = new RandomShift(augmentations.Shift);
        (erasing, mix) = (augmentations.OnValues(), augmentations.OnBatches());
        atSize = (evaluation ?? new EvaluationCrop(size)) is EvaluationCrop crop
            ? side => new TransformedDataset(source, side, augmentations, normalize, crop.At(side), seed)
            : null;
    }

    private TransformedDataset(ImageSource source, int width, int height)
    {
        (this.source, Height, Width, Channels) = (source, height, width, source.IsGrey ? 1 : RgbImage.Channels);
        toTensor = new ToTensor(Normalize.ZeroToOne);
    }

    /// <summary>The images of a source as they are, from 0 to 1, grey ones in one channel.</summary>
    /// <param name="source">Images of one known size, such as MNIST's.</param>
    /// <exception cref="TResNetException">The images of the source have no size that is known without reading them.</exception>
    public static TransformedDataset AsTheyAre(ImageSource source) =>
        source.Size is var (width, height)
            ? new TransformedDataset(source, width, height)
            : throw new TResNetException(
                $"The images of {source.Name} are of any size, but a batch needs one; say which with new TransformedDataset(source, size)."
            );

    internal override Augmentations? Augmentations { get; }

    internal override DataConfig DataConfig(DataConfig others)
    {
        var known = others with { InputSize = Height, Normalize = toTensor.Normalize, AsTheyAre = evaluation is null };
        return evaluation switch
        {
            null => known with { CropPct = 1, CropMode = CropMode.Center, Interpolation = Interpolation.Bilinear },
            EvaluationCrop crop => crop.On(known),
            _ => known,
        };
    }

    /// <inheritdoc/>
    public override string Name => source.Name;

    /// <summary>The number of images, those included that turn out to be damaged.</summary>
    public override int Count => source.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Classes => source.Classes;

    /// <inheritdoc/>
    public override int Channels { get; }

    /// <inheritdoc/>
    public override int Height { get; }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    public override bool IsMultiLabel => source.IsMultiLabel;

    /// <inheritdoc/>
    public override SkippedImages Skipped => source.Skipped;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Notes => source.Notes.Describe();

    /// <inheritdoc/>
    public override ReadOnlySpan<int> LabelsOf(int index) => source.LabelsOf(index);

    /// <inheritdoc/>
    public override ReadOnlySpan<int> UnknownOf(int index) => source.UnknownOf(index);

    /// <inheritdoc/>
    public override bool HasUnknown => source.HasUnknown;

    /// <inheritdoc/>
    public override bool Read(int index, int? epoch, Span<float> values) => ReadDrawn(index, index, epoch, values);

    internal override bool ReadDrawn(int index, int draw, int? epoch, Span<float> values)
    {
        if (Open(index, draw, epoch) is not { } image)
        {
            return false;
        }

        if ((image.Width, image.Height) != (Width, Height))
        {
            throw new TResNetException(
                $"The transforms of {Name} made an image of {image.Width} x {image.Height} pixels, but {Width} x {Height} were announced; end them "
                    + "with a crop of that size."
            );
        }

        toTensor.Write(image, values);
        image.Recycle(); // nobody else has seen it: it was opened for this batch
        if (epoch is { } number)
        {
            shift?.Apply(values, Height, Width, seed, number, draw);
            if (mix is null)
            {
                Erase(values, number, draw);
            }
        }

        return true;
    }

    internal override string NameOf(int index) => source.NameOf(index);

    internal override bool IsQuick => evaluation is null;

    internal override bool Mixes => mix is not null;

    internal override void Mix(Span<float> images, Span<float> shares, ReadOnlySpan<int> indices, int epoch, int first)
    {
        if (Augmentations!.MixupOffEpoch == 0 || epoch <= Augmentations.MixupOffEpoch)
        {
            mix!.Apply(
                images,
                shares,
                (indices.Length, Channels, Height, Width),
                SplitMix64.For(seed, epoch, MixPurpose, first)
            );
        }

        var size = Channels * Height * Width;
        for (var row = 0; row < indices.Length; row++)
        {
            Erase(images.Slice(row * size, size), epoch, indices[row]);
        }
    }

    private void Erase(Span<float> values, int epoch, int index) =>
        erasing?.Apply(values, Height, Width, SplitMix64.For(seed, epoch, ErasingPurpose, index));

    internal override ImageDataset AtSize(int height) => atSize?.Invoke(height) ?? base.AtSize(height);

    internal override void RequireImages()
    {
        base.RequireImages();
        var isRead = Enumerable
            .Range(0, Count)
            .Any(index => source.Read(index, image => image.Decode(leastSide: 1)) is not null);
        if (!isRead)
        {
            throw new TResNetException(
                $"Not one of the {Count:N0} images of {Name} can be read; of the first: {Skipped.ToList()[0].Reason}"
            );
        }
    }

    private RgbImage? Open(int index, int draw, int? epoch)
    {
        using var memory = new FileMemory();
        var transform = epoch is null ? evaluation : training;
        return source.Read(
            index,
            memory,
            image => transform is null ? image.Decode() : transform.Apply(image, seed, epoch ?? 0, draw)
        );
    }
}
