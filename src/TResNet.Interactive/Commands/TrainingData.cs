using Notebook;
using TResNet.Data;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Interactive.Formatting;

namespace TResNet.Interactive.Commands;

/// <summary>The images that <c>--data</c> names, before it is known what size a network wants them in.</summary>
internal sealed class TrainingData
{
    private const string Embedded = "fashion-mnist";
    private const string Full = "fashion-mnist-full";

    private readonly Func<Network, int, long, Augmentations?, (ImageDataset Train, ImageDataset HeldOut)> _fit;

    // Grey images in memory: as they are, or one by one like photographs where they are to be changed like photographs.
    private TrainingData(
        (ImageDataset Train, ImageDataset HeldOut) data,
        Func<(ImageSource Train, ImageSource HeldOut)> sources
    )
    {
        Classes = data.Train.Classes;
        _fit = (network, side, seed, augmentations) =>
            augmentations is null
                ? (data.Train.FitTo(network.InChans, side, side), data.HeldOut.FitTo(network.InChans, side, side))
                : Fit(sources(), network, side, seed, augmentations);
    }

    private TrainingData((ImageSource Train, ImageSource HeldOut) sources)
    {
        Classes = sources.Train.Classes;
        _fit = (network, side, seed, augmentations) =>
            Fit(sources, network, side, seed, augmentations ?? new Augmentations());
    }

    /// <summary>The names of the data sets that need no path; the first is the default.</summary>
    public static IReadOnlyList<string> Known { get; } = [Embedded, Full];

    /// <summary>The names of the classes.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Opens images.</summary>
    /// <param name="data">A known name, a folder, or a CSV file.</param>
    /// <param name="heldOut">The images to test on; null where <paramref name="data"/> holds them.</param>
    /// <exception cref="TResNetException">There is nothing of the kind, or it is damaged.</exception>
    public static TrainingData Load(string data, string? heldOut)
    {
        if (!Known.Contains(data) && !File.Exists(data) && !Directory.Exists(data))
        {
            throw new TResNetException(
                $"There is no data set or folder '{data}': take {Embedded}, {Full}, a folder of images, or a CSV file of paths and labels."
            );
        }

        if (heldOut is null && (Known.Contains(data) || IdxFolder.IsIn(data)))
        {
            return data is Embedded or Full
                ? new TrainingData(
                    (
                        FashionMnist.Load(FashionMnistSplit.Train, full: data == Full),
                        FashionMnist.Load(FashionMnistSplit.HeldOut, full: data == Full)
                    ),
                    () =>
                        (
                            FashionMnist.LoadSource(FashionMnistSplit.Train, full: data == Full),
                            FashionMnist.LoadSource(FashionMnistSplit.HeldOut, full: data == Full)
                        )
                )
                : new TrainingData(IdxFolder.Load(data), () => IdxFolder.LoadSources(data));
        }

        return Known.Contains(data)
            ? throw new TResNetException(
                $"{data} has images to test on already, so --val-data {heldOut} has no place; leave it out."
            )
            : new TrainingData(ImageSources.Load(data, heldOut, options: null));
    }

    /// <summary>The images as a network takes them: photographs are cropped at random for training, images of one size are only resized.</summary>
    /// <param name="network">The network.</param>
    /// <param name="side">Height and width in pixels.</param>
    /// <param name="seed">Decides what is drawn.</param>
    /// <param name="augmentations">How training images are changed, where anything was asked for.</param>
    /// <exception cref="TResNetException">The images cannot be changed like this.</exception>
    public (ImageDataset Train, ImageDataset HeldOut) FitTo(
        Network network,
        int side,
        long seed,
        Augmentations? augmentations = null
    ) => _fit(network, side, seed, augmentations);

    private static (ImageDataset Train, ImageDataset HeldOut) Fit(
        (ImageSource Train, ImageSource HeldOut) sources,
        Network network,
        int side,
        long seed,
        Augmentations augmentations
    )
    {
        return (Of(sources.Train), Of(sources.HeldOut));

        ImageDataset Of(ImageSource source) =>
            augmentations
                .Apply(
                    source,
                    side,
                    network.Info.PixelScale,
                    new EvaluationCrop(side, source.Size is null ? 0.875 : 1, network.Info.Interpolation),
                    seed
                )
                .FitTo(network.InChans, side, side);
    }

    /// <summary>Says which images were skipped, if any.</summary>
    public static void ShowSkipped(INotebook notebook, params IReadOnlyList<ImageDataset> data)
    {
        foreach (var part in data)
        {
            if (part.Skipped is { Count: > 0 } skipped)
            {
                notebook.Display(new View { Title = part.Name, Parts = [.. skipped.Describe().Split('\n')] });
            }
        }
    }
}
