using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Data.Sources;
using TResNet.Evaluation;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Training;
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
        var run = new Option<string?>("--run")
        {
            Description =
                "The folder of a run: its network, its best weights, its classes and its size. Without it, --model and --weights say which.",
            HelpName = "folder",
        };
        var model = CommonOptions.Model("tresnet_m");
        var switches = SwitchOption.Create();
        var weights = StartingWeights.Option();
        weights.Description =
            "Trained weights: a .safetensors, .pth or .pt file, or a name that the weights command lists, which is downloaded once.";
        var classes = new Option<FileInfo?>("--classes")
        {
            Description =
                "A file with the names of the classes in the order of the network's outputs: text with one on each line, or JSON.",
            HelpName = "file",
        };
        var top = CommonOptions.Make("--top", "How many classes to name for each image.", 5, "number");
        var size = CommonOptions.InputSize();
        var variable = CommonOptions.Name("--name", "The variable that gets the predictions.", "predictions");
        var device = DeviceOption.Create();
        var computeType = ComputeTypeOption.Create();
        var optimize = OptimizeOption.Create(
            "Optimises the network for this machine first, which takes some seconds: the same answers, to 1e-4 in float32."
        );
        var command = new Command(name, "Says what a trained network sees on images, with its five best guesses.")
        {
            paths,
            run,
            model,
            switches,
            weights,
            classes,
            top,
            size,
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
                var folder = parsed.GetValue(run) is { } path ? RunFolder.Resume(path) : null;
                var trained = folder?.Describe();
                var (network, isNew) = CommonOptions.Resolve(
                    notebook,
                    trained?.Model ?? parsed.GetRequiredValue(model),
                    trained is null ? parsed.GetRequiredValue(switches) : [],
                    trained?.Classes.Count ?? named?.Length,
                    trained?.InputShape[0],
                    seed: 42
                );
                using var owned = isNew ? network : null;
                if (folder is null)
                {
                    if ((parsed.GetValue(weights) ?? Fresh(isNew, network)) is { } file)
                    {
                        var loaded = Checkpoint.Load(
                            network,
                            StartingWeights.Find(notebook, file, cancel),
                            resetClassifier: true
                        );
                        RequireClassifier(loaded, parsed.GetValue(classes), network.NumClasses);
                        notebook.Display(new View { Parts = [loaded.ToString()] });
                    }
                }
                else
                {
                    Checkpoint.Load(network, folder.BestWeights);
                }

                var side = CommonOptions.SizeFor(network, parsed.GetValue(size) ?? trained?.InputShape[1]);
                DeviceOption.Place(network, parsed.GetRequiredValue(device));
                var seen = Predictor.Predict(
                    network,
                    files,
                    named ?? trained?.Classes,
                    parsed.GetValue(top),
                    side,
                    cancel,
                    computed,
                    OptimizeOption.Read(parsed, optimize)
                );
                notebook.SetVariable(parsed.GetRequiredValue(variable), seen);
                Show(notebook, network, seen, side);
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
                ? $"{loaded.Path} has another head than this network's linear classifier ({head}): train with --weights, which takes its other weights."
            : $"{loaded.Path} has no classifier, so it says nothing of classes: train with --weights, which takes the weights that it has."
        );
    }

    // Guesses of fresh weights would only look like an answer.
    private static string? Fresh(bool isNew, Network network) =>
        isNew
            ? throw new CommandException(
                $"{network.Info.Name} would have fresh weights and only guess: name trained ones with --weights, or a run with --run."
            )
            : null;

    private static void Show(INotebook notebook, Network network, Predictions seen, int side)
    {
        var shown = seen.Images.Take(MostPictures).ToArray();
        if (shown.Length > 0)
        {
            using var crops = Predictor.Crops(network, [.. shown.Select(p => p.File)], side);
            notebook.Display(
                new ImageGrid(
                    crops,
                    [.. shown.Select(p => $"{p.Top[0].Class}, {DisplayText.Percent(p.Top[0].Probability)}")]
                )
            );
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
