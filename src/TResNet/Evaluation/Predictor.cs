// What a trained network says of images that nobody labelled.

using System.Globalization;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Data.Loading;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Evaluation;

/// <summary>What a network says of an image.</summary>
/// <param name="File">The image.</param>
/// <param name="Top">
/// The most probable classes, best first, each with its probability, 0 to 1; where an image may have several, all that pass the threshold among
/// them.
/// </param>
public sealed record ImagePrediction(string File, IReadOnlyList<(string Class, double Probability)> Top)
{
    /// <summary>The classes whose probability is above the threshold, best first; null where an image has exactly one class.</summary>
    public IReadOnlyList<(string Class, double Probability)>? Labels { get; init; }

    /// <summary>What the image is called where it is shown: its path from where it was looked for.</summary>
    internal string Name { get; init; } = File;

    /// <summary>A small picture of what the network saw, as PNG; null for none.</summary>
    internal byte[]? Thumbnail { get; init; }
}

/// <summary>What a network says of several images.</summary>
/// <param name="Images">One for each image that could be read, in the order asked for.</param>
/// <param name="Skipped">The images that could not be read.</param>
public sealed record Predictions(IReadOnlyList<ImagePrediction> Images, SkippedImages Skipped)
{
    /// <summary>What else is to be said of the images, a sentence each: animations, of which the first frame was taken.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The network's name.</summary>
    internal string Model { get; init; } = "the network";

    /// <summary>The probability above which an image has a class; null where it has exactly one, or each class has its own.</summary>
    public double? Threshold { get; init; }

    /// <summary>The same for each class, where they were tuned; null otherwise.</summary>
    public IReadOnlyList<double>? Thresholds { get; init; }
}

/// <summary>Classifies image files.</summary>
public static class Predictor
{
    /// <summary>The probability above which an image has a class, where it may have several and nothing else is said.</summary>
    public const double DefaultThreshold = 0.5;

    private const int BatchSize = 32;

    /// <summary>Resizes and crops each image as evaluation does, and asks the network. Its training flags are left as they were.</summary>
    /// <param name="network">The network, with trained weights.</param>
    /// <param name="files">Image files.</param>
    /// <param name="classes">The names of the network's classes; null for those that it was trained on or its weights name, else for their numbers.</param>
    /// <param name="top">How many classes to name, at least 1; where an image may have several, more if more pass the threshold.</param>
    /// <param name="size">The side of the crop in pixels; null for what the network was trained on, or is meant for.</param>
    /// <param name="cancel">Honoured between two batches.</param>
    /// <param name="computeType">What convolutions compute in.</param>
    /// <param name="optimize">Whether to optimise the network first (<see cref="Optimization.Optimize"/>), which takes some seconds.</param>
    /// <param name="threshold">
    /// The probability above which an image has a class, 0 to below 1, for a network whose images may have several (<see
    /// cref="Network.MultiLabel"/>); null for what was tuned for its weights (<c>--tune-threshold</c>), or they were saved with, else <see cref="DefaultThreshold"/>.
    /// </param>
    /// <param name="cropMode">How an image becomes a square; null as the network was trained, or in the middle.</param>
    /// <param name="cropPct">The square's side as a share of what is fitted, 0.1 to 1; null for the network's own.</param>
    /// <param name="interpolation">The filter; null for the network's own.</param>
    /// <param name="thresholds">The same as <paramref name="threshold"/> for each class, in its place; null for one for all.</param>
    /// <exception cref="TResNetException">
    /// There are no files, there is a threshold for a network whose images have one class each, or one out of range, the names are not as many as the network's outputs, or its device does not compute in the precision.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Predictions Predict(
        Network network,
        IReadOnlyList<string> files,
        IReadOnlyList<string>? classes = null,
        int top = 5,
        int? size = null,
        CancellationToken cancel = default,
        ComputeType computeType = ComputeType.Float32,
        bool optimize = false,
        double? threshold = null,
        CropMode? cropMode = null,
        double? cropPct = null,
        Interpolation? interpolation = null,
        IReadOnlyList<double>? thresholds = null
    ) =>
        Predict(
            network,
            files,
            classes,
            top,
            ConfigOf(network, size, cropMode, cropPct, interpolation),
            cancel,
            computeType,
            optimize,
            threshold,
            thresholds
        );

    /// <summary>The same with all that is known of the images.</summary>
    internal static Predictions Predict(
        Network network,
        IReadOnlyList<string> files,
        IReadOnlyList<string>? classes,
        int top,
        DataConfig images,
        CancellationToken cancel = default,
        ComputeType computeType = ComputeType.Float32,
        bool optimize = false,
        double? threshold = null,
        IReadOnlyList<double>? thresholds = null
    )
    {
        if (files.Count == 0 || top < 1)
        {
            throw new TResNetException(
                $"{files.Count} images and the best {top} classes were asked for: name at least one of each."
            );
        }

        thresholds ??= threshold is null && network.MultiLabel ? network.Thresholds : null;
        foreach (var each in thresholds?.Cast<double?>() ?? [threshold])
        {
            RequireThreshold(network, each);
        }

        double? above =
            network.MultiLabel && thresholds is null ? threshold ?? network.Threshold ?? DefaultThreshold : null;
        var names =
            classes ?? network.Classes ?? [.. Enumerable.Range(0, network.NumClasses).Select(i => $"class {i}")];
        if (names.Count != network.NumClasses)
        {
            throw new TResNetException(
                $"{names.Count} classes are named, but {network.Info.Name} has {network.NumClasses} outputs; name as many."
            );
        }

        if (thresholds is not null && thresholds.Count != names.Count)
        {
            throw new TResNetException(
                $"There are {thresholds.Count} thresholds for {names.Count} classes; give one for each."
            );
        }

        var data = Open(network, files, names, images);
        using var mode = new ModeScope(network, training: false);
        using var gradients = no_grad();
        using var forward = new EvaluationPass(
            network,
            [data.Channels, data.Height, data.Width],
            computeType,
            files.Count,
            BatchSize,
            optimize,
            cancel
        );
        using var loader = new DataLoader(data, forward.BatchSize, cancel: cancel);
        var predictions = new List<ImagePrediction>(files.Count);
        foreach (var batch in loader)
        {
            if (batch.Count > 0)
            {
                using var scope = NewDisposeScope();
                var logits = forward.Logits(Placement.Of(network).Move(batch.Images));
                var probabilities = network.ToProbabilities(logits).cpu();
                predictions.AddRange(
                    batch.Indices.Select(
                        (index, row) => Best(files[index], probabilities[row], names, top, thresholds ?? OneForAll())
                    )
                );
            }
        }

        return new Predictions(predictions, data.Skipped ?? new SkippedImages())
        {
            Notes = data.Notes,
            Threshold = above,
            Model = network.Info.Name,
            Thresholds = thresholds,
        };

        double[]? OneForAll() => above is { } one ? [.. names.Select(_ => one)] : null;
    }

    /// <summary>The images as the network sees them, before normalisation.</summary>
    /// <param name="network">The network.</param>
    /// <param name="files">Image files that can be read.</param>
    /// <param name="size">The side of the crop in pixels; null for what the network was trained on, or is meant for.</param>
    /// <returns>[N, 3, H, W], 0 to 1, on the CPU.</returns>
    /// <param name="cropMode">How an image becomes a square; null as the network was trained, or in the middle.</param>
    /// <param name="cropPct">The square's side as a share of what is fitted, 0.1 to 1; null for the network's own.</param>
    /// <param name="interpolation">The filter; null for the network's own.</param>
    public static Tensor Crops(
        Network network,
        IReadOnlyList<string> files,
        int? size = null,
        CropMode? cropMode = null,
        double? cropPct = null,
        Interpolation? interpolation = null
    ) => Crops(files, ConfigOf(network, size, cropMode, cropPct, interpolation));

    /// <summary>The same with all that is known of the images.</summary>
    internal static Tensor Crops(IReadOnlyList<string> files, DataConfig images)
    {
        var data = new TransformedDataset(Source(files, ["image"]), images.InputSize, evaluation: images.Crop());
        var (crops, labels) = data.GetBatch([.. Enumerable.Range(0, files.Count)]);
        labels.Dispose();
        return crops;
    }

    /// <summary>
    /// Grad-CAM: where in each image the network sees a class. Each map of the last features is weighed by the mean gradient of the class's logit over
    /// its positions, their sum is kept where it is above 0 and brought to the size of the images (R. R. Selvaraju et al., arXiv 1610.02391).
    /// </summary>
    /// <param name="network">The network, with trained weights; its training flags are left as they were.</param>
    /// <param name="images">Images [N, C, H, W] as the network takes them, on its device.</param>
    /// <param name="classes">The class of each image, from 0; null for the most probable ones.</param>
    /// <returns>[N, H, W], float32, each from 0 to 1 at its highest, or 0 all over where nothing speaks for the class.</returns>
    /// <exception cref="TResNetException">They are no images for the network, or a class is not one of its outputs.</exception>
    public static Tensor GradCam(Network network, Tensor images, IReadOnlyList<int>? classes = null) =>
        Evaluation.GradCam.Maps(network, images, classes);

    /// <summary>The same of files.</summary>
    /// <param name="network">The network.</param>
    /// <param name="files">Image files that can be read.</param>
    /// <param name="images">How images are prepared.</param>
    /// <param name="cancel">Honoured between two batches.</param>
    /// <returns>[N, H, W], on the CPU.</returns>
    internal static Tensor GradCam(
        Network network,
        IReadOnlyList<string> files,
        DataConfig images,
        CancellationToken cancel
    )
    {
        using var scope = NewDisposeScope();
        var data = Open(network, files, [.. Enumerable.Range(0, network.NumClasses).Select(i => $"{i}")], images);
        using var loader = new DataLoader(data, BatchSize, cancel: cancel);
        var maps = new List<Tensor>();
        foreach (var batch in loader)
        {
            maps.Add(Evaluation.GradCam.Maps(network, Placement.Of(network).Move(batch.Images), classes: null).cpu());
        }

        return cat(maps).MoveToOuterDisposeScope();
    }

    private static ImageDataset Open(
        Network network,
        IReadOnlyList<string> files,
        IReadOnlyList<string> names,
        DataConfig images
    )
    {
        var side = images.InputSize;
        network.CheckInputSize(side, side);
        return new TransformedDataset(
            Source(files, names),
            side,
            evaluation: images.Crop(),
            normalize: images.Normalize
        ).FitTo(network.InChans, side, side);
    }

    private static DataConfig ConfigOf(
        Network network,
        int? size,
        CropMode? mode,
        double? cropPct,
        Interpolation? interpolation
    )
    {
        var own = network.DataConfig;
        return own with
        {
            InputSize = size ?? own.InputSize,
            CropMode = mode ?? own.CropMode,
            CropPct = cropPct ?? own.CropPct,
            Interpolation = interpolation ?? own.Interpolation,
        };
    }

    private static FileListSource Source(IReadOnlyList<string> files, IReadOnlyList<string> names) =>
        new(
            "images",
            "",
            names,
            [.. files],
            FileListSource.One(files.Select(_ => 0)),
            isMultiLabel: false,
            options: null
        );

    private static ImagePrediction Best(
        string file,
        Tensor probabilities,
        IReadOnlyList<string> names,
        int top,
        IReadOnlyList<double>? thresholds
    )
    {
        (string Class, double Probability, bool IsLabel)[] ranked =
        [
            .. probabilities
                .data<float>()
                .Select((value, i) => (names[i], (double)value, thresholds is not null && value > thresholds[i]))
                .OrderByDescending(each => each.Item2),
        ];
        return new ImagePrediction(
            file,
            [
                .. ranked
                    .Where((each, place) => each.IsLabel || place < top)
                    .Select(each => (each.Class, each.Probability)),
            ]
        )
        {
            Labels = thresholds is null
                ? null
                : [.. ranked.Where(each => each.IsLabel).Select(each => (each.Class, each.Probability))],
        };
    }

    private static void RequireThreshold(Network network, double? threshold)
    {
        if (threshold is null)
        {
            return;
        }

        if (!network.MultiLabel)
        {
            throw new TResNetException(
                $"A threshold of {Text(threshold)} is for networks whose images may have several classes, and with {network.Info.Name} each image has one: leave it out, or build the network with multi-label=true if it was trained so."
            );
        }

        if (threshold is not (>= 0 and < 1))
        {
            throw new TResNetException(
                $"The threshold is {Text(threshold)}, but it has to be from 0 to below 1; choose a probability in that range."
            );
        }
    }

    private static string Text(double? value) => string.Create(CultureInfo.InvariantCulture, $"{value}");
}
