using Notebook;
using TResNet.Building;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Data;

/// <summary>The images that <c>--data</c> names, before it is known what size a network wants them in.</summary>
internal sealed class TrainingData
{
    private const string Embedded = "fashion-mnist";
    private const string Full = "fashion-mnist-full";

    private readonly ImageSource train;
    private readonly ImageSource validation;

    private TrainingData((ImageSource Train, ImageSource Validation) sources) => (train, validation) = sources;

    /// <summary>The names of the data sets that need no path; the first is the default.</summary>
    public static IReadOnlyList<string> Known { get; } = [Embedded, Full];

    /// <summary>The names of the classes.</summary>
    public IReadOnlyList<string> Classes => train.Classes;

    /// <summary>Whether an image may have several of the classes, or none.</summary>
    public bool IsMultiLabel => train.IsMultiLabel;

    /// <summary>What was decided when they were opened, a sentence each.</summary>
    public IReadOnlyList<string> Remarks => train.Remarks;

    /// <summary>Opens images.</summary>
    /// <param name="data">A known name, a folder, or a CSV file.</param>
    /// <param name="validation">The images to test on; null where <paramref name="data"/> holds them.</param>
    /// <param name="options">How classes are numbered.</param>
    /// <exception cref="TResNetException">There is nothing of the kind, or it is damaged.</exception>
    public static TrainingData Load(string data, string? validation, SourceOptions options)
    {
        if (!Known.Contains(data) && !File.Exists(data) && !Directory.Exists(data))
        {
            throw new TResNetException(
                $"There is no data set or folder '{data}': take {Embedded}, {Full}, a folder of images, or a CSV file of paths and labels."
            );
        }

        if (!Known.Contains(data))
        {
            return new TrainingData(ImageSources.Load(data, validation, options));
        }

        return validation is null
            ? new TrainingData(
                (
                    FashionMnist.LoadSource(FashionMnistSplit.Train, full: data == Full, options),
                    FashionMnist.LoadSource(FashionMnistSplit.Validation, full: data == Full, options)
                )
            )
            : throw new TResNetException(
                $"{data} has images to test on already, so --val-data {validation} has no place; leave it out."
            );
    }

    /// <summary>
    /// The images as a network takes them: photographs are cropped at random for training, images of one size are only resized, and grey ones in
    /// memory stay as they are unless they are to be changed like photographs.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="images">How images are prepared.</param>
    /// <param name="seed">Decides what is drawn.</param>
    /// <param name="augmentations">How training images are changed, where anything was asked for.</param>
    /// <exception cref="TResNetException">The images cannot be changed like this.</exception>
    public (ImageDataset Train, ImageDataset Validation) FitTo(
        Network network,
        DataConfig images,
        long seed,
        Augmentations? augmentations = null
    )
    {
        return (Of(train), Of(validation));

        ImageDataset Of(ImageSource source)
        {
            var side = images.InputSize;
            var data =
                augmentations is null && source.IsGrey && images.AsTheyAre != false
                    ? TransformedDataset.AsTheyAre(source)
                    : new TransformedDataset(
                        source,
                        side,
                        augmentations ?? new Augmentations(),
                        images.Normalize,
                        (images with { CropPct = CropPct(source, images, isGiven: false) }).Crop(),
                        seed
                    );
            return data.FitTo(network.InChans, side, side);
        }
    }

    /// <summary>The images to test on, once for each place where they are cropped.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">How images are prepared.</param>
    /// <param name="places">Where the crops lie; at least one.</param>
    /// <param name="isCropGiven">Whether the crop's share was asked for; else images of one known size are shown whole.</param>
    /// <exception cref="TResNetException">Images are shown whole, so there is no other place, or the share is out of range.</exception>
    public IReadOnlyList<ImageDataset> Views(
        Network network,
        DataConfig images,
        IReadOnlyList<CropPlace> places,
        bool isCropGiven
    )
    {
        var (source, side) = (validation, images.InputSize);
        if (images.CropMode != CropMode.Center && places.Count > 1)
        {
            throw new TResNetException(
                $"With --crop-mode {images.CropMode.ToString().ToLowerInvariant()} images are shown whole, so there are no corners to look at; take --crops 1 or 2."
            );
        }

        if (source.IsGrey && images.AsTheyAre != false && !isCropGiven && places.Count == 1)
        {
            return [TransformedDataset.AsTheyAre(source).FitTo(network.InChans, side, side)];
        }

        if (source.Size is not null && !isCropGiven && places.Count > 1)
        {
            throw new TResNetException(
                $"The images of {source.Name} are shown whole, so there are no corners to look at; take --crops 1 or 2, or a --crop-pct below 1."
            );
        }

        var cropped = images with { CropPct = CropPct(images, isCropGiven) };
        return
        [
            .. places.Select(place =>
                new TransformedDataset(
                    source,
                    side,
                    evaluation: cropped.Crop(place),
                    normalize: images.Normalize
                ).FitTo(network.InChans, side, side)
            ),
        ];
    }

    /// <summary>The crop's side as a share of the resized photograph's shorter side, for images to test on.</summary>
    /// <param name="images">How images are prepared.</param>
    /// <param name="isGiven">Whether the share was asked for.</param>
    public double CropPct(DataConfig images, bool isGiven) => CropPct(validation, images, isGiven);

    private static double CropPct(ImageSource source, DataConfig images, bool isGiven) =>
        isGiven || source.Size is null ? images.CropPct : 1;

    /// <summary>Says what was decided, if anything had to be.</summary>
    public void ShowRemarks(INotebook notebook)
    {
        if (Remarks.Count > 0)
        {
            notebook.Display(new View { Parts = [.. Remarks] });
        }
    }

    /// <summary>Says which images were skipped, and which are not what they seem, if any.</summary>
    public static void ShowSkipped(INotebook notebook, params IReadOnlyList<ImageDataset> data)
    {
        foreach (var part in data)
        {
            if (part.Notes is { Count: > 0 } notes)
            {
                notebook.Display(new View { Title = part.Name, Parts = [.. notes] });
            }

            if (part.Skipped is { Count: > 0 } skipped)
            {
                notebook.Display(new View { Title = part.Name, Parts = [.. skipped.Describe().Split('\n')] });
            }
        }
    }
}
