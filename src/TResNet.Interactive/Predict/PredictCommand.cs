using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Building;
using TResNet.Data.Sources;
using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Weights;

namespace TResNet.Interactive.Predict;

/// <summary>Says what a trained network sees on images.</summary>
internal static class PredictCommand
{
    private const int MostPictures = 24;

    public static Command Create(INotebook notebook, string name)
    {
        var paths = new Argument<string[]>("images")
        {
            Description = "Image files (JPEG, PNG, WebP, GIF, BMP, TIFF, PNM), or folders of them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var trained = new TrainedNetwork("tresnet_m");
        var classes = new Option<FileInfo?>("--classes")
        {
            Description =
                "A file with the names of the classes in the order of the network's outputs: text with one on each line, or JSON.",
            HelpName = "file",
        };
        var top = CommonOptions.Make(
            "--top",
            "How many classes to name for each image; where it may have several, those that pass the threshold are all named.",
            5,
            "number"
        );
        var threshold = new Option<double?>("--threshold")
        {
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"The probability above which an image has a label, for a network of several labels. Default: {Predictor.DefaultThreshold}."
            ),
            HelpName = "probability",
        };
        var size = CommonOptions.InputSize();
        var mode = CropModeOption.Create();
        var variable = CommonOptions.Name("--name", "The variable that gets the predictions.", "predictions");
        var device = DeviceOption.Create();
        var computeType = ComputeTypeOption.Create();
        var optimize = OptimizeOption.Create(
            "Optimises the network for this machine first, which takes some seconds: the same answers, to 1e-4 in float32."
        );
        var command = new Command(name, "Says what a trained network sees on images, with its five best guesses.")
        {
            paths,
            trained.Run,
            trained.Model,
            trained.Switches,
            trained.Weights,
            classes,
            top,
            threshold,
            size,
            mode,
            device,
            computeType,
            optimize,
            variable,
        };
        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var computed = ComputeTypeOption.Read(parsed, computeType, device);
                var files = Files(parsed.GetRequiredValue(paths));
                var named = Names(parsed.GetValue(classes));
                var run = trained.ReadRun(parsed);
                var (network, isNew) = trained.Resolve(notebook, parsed, run, named?.Length, inChans: null);
                using var owned = isNew ? network : null;
                if (run is null)
                {
                    Load(notebook, parsed, trained, network, isNew, parsed.GetValue(classes), cancel);
                }

                var side = CommonOptions.SizeFor(network, parsed.GetValue(size) ?? run?.InputShape[1]);
                var cropMode = CropModeOption.Read(parsed, mode);
                DeviceOption.Place(network, parsed.GetRequiredValue(device));
                var seen = Predictor.Predict(
                    network,
                    files,
                    named ?? run?.Classes,
                    parsed.GetValue(top),
                    side,
                    cancel,
                    computed,
                    OptimizeOption.Read(parsed, optimize),
                    parsed.GetValue(threshold),
                    cropMode
                );
                notebook.SetVariable(parsed.GetRequiredValue(variable), seen);
                Show(notebook, network, seen, side, cropMode);
                if (seen.Images.Count == 0)
                {
                    throw new CommandException(
                        $"Not one of the {files.Count:N0} images can be read; of the first: {seen.Skipped.ToList()[0].Reason}"
                    );
                }
            }
        );
        return command;
    }

    private static void Load(
        INotebook notebook,
        ParseResult parsed,
        TrainedNetwork trained,
        Network network,
        bool isNew,
        FileInfo? classes,
        CancellationToken cancel
    )
    {
        if (trained.Load(notebook, parsed, network, cancel, resetClassifier: true) is { } loaded)
        {
            RequireClassifier(loaded, classes, network.NumClasses);
        }
        else if (isNew)
        {
            // Guesses of fresh weights would only look like an answer.
            throw new CommandException(
                $"{network.Info.Name} would have fresh weights and only guess: name trained ones with --weights, or a run with --run."
            );
        }
    }

    // A classifier that starts afresh answers nothing.
    private static void RequireClassifier(LoadedCheckpoint loaded, FileInfo? classes, int count)
    {
        if (loaded.Reset.Count == 0)
        {
            return;
        }

        var named = classes is null
            ? $"the network would have {count}: name them with --classes FILE, one on each line, or give the run with --run"
            : $"{classes} names {count}: name as many, in the order of the network's outputs";
        throw new CommandException(
            loaded.ClassesInFile is { } inFile ? $"{loaded.Path} is for {inFile} classes, and {named}."
            : loaded.OtherHead is { } head
                ? $"{loaded.Path} has another head than this network's ({head}): {(loaded.HeadSettings is { } settings ? $"add {settings}, or " : "")}train with --weights, which takes its other weights."
            : $"{loaded.Path} has no classifier, so it says nothing of classes: train with --weights, which takes the weights that it has."
        );
    }

    private static void Show(INotebook notebook, Network network, Predictions seen, int side, CropMode mode)
    {
        var shown = seen.Images.Take(MostPictures).ToArray();
        if (shown.Length > 0)
        {
            using var crops = Predictor.Crops(network, [.. shown.Select(p => p.File)], side, mode);
            notebook.Display(new ImageGrid(crops, [.. shown.Select(PredictionViews.Caption)]));
        }

        notebook.Display(PredictionViews.Of(network, seen));
    }

    private static string[]? Names(FileInfo? file)
    {
        if (file is { Exists: false })
        {
            throw new CommandException($"There is no file {file} for --classes; write one with a class on each line.");
        }

        return file is null ? null : ClassMapFile.Read(file.FullName);
    }

    private static List<string> Files(IEnumerable<string> paths)
    {
        var files = new List<string>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                files.AddRange(Listed(path));
            }
            else if (File.Exists(path))
            {
                files.Add(path);
            }
            else
            {
                throw new CommandException($"There is no image or folder '{path}'; name image files.");
            }
        }

        return files.Count > 0
            ? files
            : throw new CommandException(
                $"There are no images in {string.Join(", ", paths)}; name image files, or folders of them."
            );
    }

    private static IEnumerable<string> Listed(string folder)
    {
        try
        {
            return [.. ImageFileNames.Below(folder)];
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"{folder} cannot be listed ({refused.Message.TrimEnd('.')}): check the permissions."
            );
        }
    }
}
