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

    // Listed where somebody asks: only a training does.
    private Lazy<ImageSource?> Test { get; init; } = new(() => null);

    /// <summary>The names of the data sets that need no path; the first is the default.</summary>
    public static IReadOnlyList<string> Known { get; } = [Embedded, Full];

    /// <summary>The names of the classes.</summary>
    public IReadOnlyList<string> Classes => train.Classes;

    /// <summary>Whether an image may have several of the classes, or none.</summary>
    public bool IsMultiLabel => train.IsMultiLabel;

    /// <summary>What was decided when they were opened, a sentence each.</summary>
    public IReadOnlyList<string> Remarks => train.Remarks;

    /// <summary>The number of images to train on.</summary>
    public int TrainCount => train.Count;

    /// <summary>The number of images to test on.</summary>
    public int ValidationCount => validation.Count;

    // What was to be tested on, of a cross-validation that holds out others.
    private string? NotHeldOut { get; init; }

    // What comes along needs no introduction.
    private bool IsKnown { get; init; }

    /// <summary>Opens images.</summary>
    /// <param name="data">A known name, a folder, or a CSV file.</param>
    /// <param name="validation">The images to test on; null where <paramref name="data"/> holds them.</param>
    /// <param name="test">The images for the end; null where <paramref name="data"/> may hold them.</param>
    /// <param name="options">How classes are numbered.</param>
    /// <exception cref="TResNetException">There is nothing of the kind, or it is damaged.</exception>
    public static TrainingData Load(string data, string? validation, string? test, SourceOptions options)
    {
        if (!Known.Contains(data) && !File.Exists(data) && !Directory.Exists(data))
        {
            throw new TResNetException(
                $"There is no data set or folder '{data}': take {Embedded}, {Full}, a folder of images, or a CSV file of paths and labels."
            );
        }

        if (!Known.Contains(data))
        {
            return new TrainingData(ImageSources.Load(data, validation, options))
            {
                Test = new Lazy<ImageSource?>(() => ImageSources.LoadTest(data, validation, test, options)),
            };
        }

        if (test is not null)
        {
            throw new TResNetException(
                $"{data} has images to test on already and none like them elsewhere, so --test-data {test} has no place; leave it out."
            );
        }

        return validation is null
            ? new TrainingData(
                (
                    FashionMnist.LoadSource(FashionMnistSplit.Train, full: data == Full, options),
                    FashionMnist.LoadSource(FashionMnistSplit.Validation, full: data == Full, options)
                )
            )
            {
                IsKnown = true,
            }
            : throw new TResNetException(
                $"{data} has images to test on already, so --val-data {validation} has no place; leave it out."
            );
    }

    /// <summary>The same with a part of the training images held out, in the place of what was: of all images where nobody had split them.</summary>
    /// <param name="part">Which part.</param>
    /// <exception cref="TResNetException">There are fewer images than parts.</exception>
    public TrainingData Without(Fold part)
    {
        var whole = SourceSubset.WholeOf(train, validation);
        return new(SourceSubset.Fold(whole ?? train, part.Number, part.Count, part.Seed))
        {
            Test = whole is null ? new Lazy<ImageSource?>(() => Test.Value ?? ForTheEnd(validation)) : Test,
            NotHeldOut = whole is null ? validation.Name : null,
        };
    }

    /// <summary>What becomes in a cross-validation of images that were to be tested on; null where there are none.</summary>
    public string? FoldRemark() =>
        NotHeldOut is null ? null
        : Test.Value?.Name == NameForTheEnd(NotHeldOut)
            ? $"--folds holds out parts of the images to train on, so {NotHeldOut} decides nothing: the best weights are measured on it once, at the end."
        : $"--folds holds out parts of the images to train on, so {NotHeldOut} is left unused: {Test.Value?.Name} is for the end.";

    private static SourceSubset ForTheEnd(ImageSource source) =>
        new(source, NameForTheEnd(source.Name), [.. Enumerable.Range(0, source.Count)]);

    private static string NameForTheEnd(string name) => $"{name}, for the end";

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

        ImageDataset Of(ImageSource source) =>
            (
                augmentations is null && AreTakenAsTheyAre(source, images)
                    ? TransformedDataset.AsTheyAre(source)
                    : new TransformedDataset(
                        source,
                        images.InputSize,
                        augmentations ?? new Augmentations(),
                        images.Normalize,
                        Crop(source, images),
                        seed
                    )
            ).FitTo(network.InChans, images.InputSize, images.InputSize);
    }

    /// <summary>The images for the end as a network takes them; null where there are none.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">How images are prepared.</param>
    /// <param name="asPhotographs">Whether grey images in memory are resized like photographs.</param>
    public ImageDataset? TestFor(Network network, DataConfig images, bool asPhotographs) =>
        Test.Value is { } source
            ? One(source, asPhotographs ? images with { AsTheyAre = false } : images, CropPlace.Center)
                .FitTo(network.InChans, images.InputSize, images.InputSize)
            : null;

    /// <summary>The images to test on, once for each place where they are cropped.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">How images are prepared.</param>
    /// <param name="places">Where the crops lie; at least one.</param>
    /// <exception cref="TResNetException">Images are shown whole, so there is no other place, or the share is out of range.</exception>
    public IReadOnlyList<ImageDataset> Views(Network network, DataConfig images, IReadOnlyList<CropPlace> places)
    {
        if (images.CropMode != CropMode.Center && places.Count > 1)
        {
            throw new TResNetException(
                $"With --crop-mode {images.CropMode.ToString().ToLowerInvariant()} images are shown whole, so there are no corners to look at; take --crops 1 or 2."
            );
        }

        if (validation.Size is not null && places.Count > 1 && CropPct(images) == 1)
        {
            throw new TResNetException(
                $"The images of {validation.Name} are shown whole, so there are no corners to look at; take --crops 1 or 2, or a --crop-pct below 1."
            );
        }

        var prepared = places.Count > 1 ? images with { AsTheyAre = false } : images;
        return
        [
            .. places.Select(place =>
                One(validation, prepared, place).FitTo(network.InChans, images.InputSize, images.InputSize)
            ),
        ];
    }

    /// <summary>The images to test on as they are looked at, from 0 to 1.</summary>
    /// <param name="images">How images are prepared.</param>
    public ImageDataset Pictures(DataConfig images) =>
        AreTakenAsTheyAre(validation, images)
            ? TransformedDataset.AsTheyAre(validation)
            : new TransformedDataset(validation, images.InputSize, evaluation: Crop(validation, images));

    /// <summary>The crop's side as a share of the resized photograph's shorter side, for images to test on.</summary>
    /// <param name="images">How images are prepared.</param>
    public double CropPct(DataConfig images) => CropPct(validation, images);

    /// <summary>Refuses a way to crop images to test on where grey ones are taken as they are.</summary>
    /// <param name="augmentations">How training images are changed, where anything was asked for.</param>
    /// <exception cref="CommandException">They are.</exception>
    public void RequireChanged(Augmentations? augmentations)
    {
        if (augmentations is null && train.IsGrey)
        {
            throw new CommandException(
                $"The images of {train.Name} are taken as they are, without a crop or a filter: leave --crop-mode, --crop-pct and --interpolation out, or change the images for training too, such as with --hflip 0.5."
            );
        }
    }

    private static TransformedDataset One(ImageSource source, DataConfig images, CropPlace place) =>
        AreTakenAsTheyAre(source, images)
            ? TransformedDataset.AsTheyAre(source)
            : new TransformedDataset(
                source,
                images.InputSize,
                evaluation: Crop(source, images, place),
                normalize: images.Normalize
            );

    private static bool AreTakenAsTheyAre(ImageSource source, DataConfig images) =>
        source.IsGrey && images.AsTheyAre != false;

    private static EvaluationCrop Crop(ImageSource source, DataConfig images, CropPlace place = CropPlace.Center) =>
        (images with { CropPct = CropPct(source, images) }).Crop(place);

    // Images of one known size are shown whole, unless somebody meant a share.
    private static double CropPct(ImageSource source, DataConfig images) =>
        images.IsCropMeant || source.Size is null ? images.CropPct : 1;

    /// <summary>Refuses a way to crop photographs for training where there are none.</summary>
    /// <param name="option">The option that asks for it.</param>
    /// <exception cref="CommandException">All images are of one known size.</exception>
    public void RequirePhotographs(string option)
    {
        if (train.Size is var (width, height))
        {
            throw new CommandException(
                $"The images of {train.Name} are all of {width} x {height} pixels and are shown whole, so {option} has no place: leave it out."
            );
        }
    }

    /// <summary>Looks at the images, without decoding them.</summary>
    public DataSummary Summarize() => DataSummary.Of(train, validation);

    /// <summary>Says what somebody's own images are, with some of them as training sees them.</summary>
    /// <param name="notebook">Where it is said.</param>
    /// <param name="fitted">The images to train on, as the network takes them.</param>
    /// <param name="normalize">What is taken from their colours.</param>
    public void ShowSummary(INotebook notebook, ImageDataset fitted, Normalize normalize)
    {
        if (IsKnown)
        {
            return;
        }

        var seen = Summarize();
        var said = string.Join(' ', new[] { seen.Counts(), seen.SizeText(fitted.Height) }.OfType<string>());
        notebook.Display(
            new View { Parts = BatchPictures.Of(fitted, normalize) is { } pictures ? [said, pictures] : [said] }
        );
    }

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
