using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Building;
using TResNet.Data.Transforms;
using TResNet.Evaluation;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Validate;
using TResNet.Training;
using TResNet.Weights;

namespace TResNet.Interactive.Predict;

/// <summary>Says what a trained network sees on images.</summary>
internal static class PredictCommand
{
    private const int MostPictures = 100;
    private const int PictureSide = 64;

    private const string MagicPrefix = "tresnet-";

    /// <summary>The command.</summary>
    /// <param name="notebook">Where results are shown and kept.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="explains">Whether it always explains, or where it is asked for.</param>
    public static Command Create(INotebook notebook, string name, bool explains = false)
    {
        var paths = new Argument<string[]>("images")
        {
            Description = "Image files (JPEG, PNG, WebP, GIF, BMP, TIFF, PNM), or folders of them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var trained = new TrainedNetwork();
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
        var output = new Option<string?>("--output")
        {
            Description =
                "A file that gets the path of each image from where it was named, and its likeliest classes with their probabilities: .csv, .json or .jsonl.",
            HelpName = "file",
        };
        var copies = new Option<string?>("--copy-to")
        {
            Description = "A new folder that gets a copy of each image, in a folder for each class.",
            HelpName = "folder",
        };
        var explain = new Option<bool>("--explain")
        {
            Description =
                "Marks what speaks for the likeliest class of each image, by Grad-CAM; a shell has --explain-to for the pictures.",
        };
        var explainTo = new Option<string?>("--explain-to")
        {
            Description = "A new folder that gets these pictures, each image beside itself with the marks.",
            HelpName = "folder",
        };
        var threshold = new Option<double?>("--threshold")
        {
            Description = string.Create(
                CultureInfo.InvariantCulture,
                $"The probability above which an image has a label, for a network of several labels. Default: {Predictor.DefaultThreshold}, or the weights' own, of each label where they were tuned."
            ),
            HelpName = "probability",
        };
        var prepared = new ImageOptions();
        var variable = CommonOptions.Name("--name", "The variable that gets the predictions.", "predictions");
        var device = DeviceOption.Create();
        var computeType = ComputeTypeOption.Create();
        var optimize = OptimizeOption.Create(
            "Optimises the network for this machine first, which takes some seconds: the same answers, to 1e-4 in float32."
        );
        var command = new Command(
            name,
            explains
                ? "Marks where in images a trained network sees their likeliest class, by Grad-CAM."
                : "Says what a trained network sees on images, with its five best guesses."
        )
        {
            paths,
            trained.Run,
            trained.Model,
            trained.Switches,
            trained.Weights,
            classes,
            top,
            threshold,
            output,
            copies,
            explainTo,
            prepared.Size,
            prepared.Normalize.Mean,
            prepared.Normalize.Std,
            device,
            computeType,
            optimize,
            variable,
        };
        foreach (var option in prepared.Crop.All)
        {
            command.Add(option);
        }

        if (!explains)
        {
            command.Add(explain);
        }

        OptionGroups.Put("Network", trained.Run, trained.Model, trained.Switches, trained.Weights, classes);
        OptionGroups.Put("Answers", top, threshold, output, copies, explain, explainTo);
        OptionGroups.Put("Images", prepared.All);
        OptionGroups.Put("Computing", device, computeType, optimize);

        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var computed = ComputeTypeOption.Read(parsed, computeType, device);
                ReportFile.Require("--output", parsed.GetValue(output), "predictions", lines: true);
                ClassFolders.RequireEmpty(copies.Name, parsed.GetValue(copies));
                var pictures = parsed.GetValue(explainTo);
                ClassFolders.RequireEmpty(explainTo.Name, pictures);
                var isExplained = explains || pictures is not null || parsed.GetValue(explain);
                if (isExplained && pictures is null && !name.StartsWith(MagicPrefix, StringComparison.Ordinal))
                {
                    throw new CommandException(
                        $"A shell cannot show what is marked in images: name a new folder for the pictures with {explainTo.Name}, or use #!{MagicPrefix}explain in a notebook."
                    );
                }

                var images = NamedImages.Find(parsed.GetRequiredValue(paths));
                var named = CommonOptions.ClassesIn(parsed.GetValue(classes));
                var run = trained.ReadRun(parsed);
                var weights = trained.ReadWeights(notebook, parsed, run, cancel);
                var (network, isNew) = trained.Resolve(notebook, parsed, run, weights, named?.Length, inChans: null);
                using var owned = isNew ? network : null;
                if (run is null)
                {
                    Load(notebook, parsed, trained, network, isNew, weights, parsed.GetValue(classes));
                }

                var config = prepared.Read(parsed, network);
                weights?.Show(
                    notebook,
                    CommonOptions.Given(parsed, [trained.Model, trained.Switches, classes, .. prepared.All])
                );
                DeviceOption.Place(network, parsed.GetRequiredValue(device));
                var seen = Predictor.Predict(
                    network,
                    images.Files,
                    named,
                    parsed.GetValue(top),
                    config,
                    cancel,
                    computed,
                    OptimizeOption.Read(parsed, optimize),
                    parsed.GetValue(threshold),
                    run is null || parsed.IsGiven(threshold) ? null : RunThresholds.Of(run)?.Thresholds
                );
                seen = Shown(seen, images, config);
                notebook.SetVariable(parsed.GetRequiredValue(variable), seen);
                notebook.Display(PredictionViews.Of(seen));
                Keep(notebook, seen, parsed.GetValue(output), parsed.GetValue(copies));
                if (isExplained && seen.Images.Count > 0)
                {
                    Explain(notebook, network, seen, config, pictures, cancel);
                }

                if (seen.Images.Count == 0)
                {
                    throw new CommandException(
                        $"Not one of the {images.Files.Count:N0} images can be read; of the first: {seen.Skipped.ToList()[0].Reason}"
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
        NamedWeights? weights,
        FileInfo? classes
    )
    {
        if (trained.Load(notebook, parsed, network, weights, resetClassifier: true) is { } loaded)
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

    // What is shown of each image beside its classes: the first ones with a picture, and all by the names that they have on the command line.
    private static Predictions Shown(Predictions seen, NamedImages images, DataConfig config)
    {
        var pictures = Thumbnails([.. seen.Images.Take(MostPictures).Select(image => image.File)], config);
        return seen with
        {
            Images =
            [
                .. seen.Images.Select(
                    (image, i) =>
                        image with
                        {
                            Name = images.NameOf(image.File),
                            Thumbnail = i < pictures.Count ? pictures[i] : null,
                        }
                ),
            ],
        };
    }

    private static IReadOnlyList<byte[]> Thumbnails(IReadOnlyList<string> files, DataConfig config)
    {
        if (files.Count == 0)
        {
            return [];
        }

        using var crops = Predictor.Crops(files, config with { InputSize = Math.Min(PictureSide, config.InputSize) });
        return new ImageGrid(crops, []).Png;
    }

    private static void Explain(
        INotebook notebook,
        Network network,
        Predictions seen,
        DataConfig config,
        string? folder,
        CancellationToken cancel
    )
    {
        notebook.Display(Explanations.Of(network, seen, config, cancel));
        if (folder is not null)
        {
            Explanations.Write(folder, network, seen, config, cancel);
            notebook.Display(
                new View
                {
                    Parts =
                    [
                        $"{seen.Images.Count:N0} {(seen.Images.Count == 1 ? "picture is" : "pictures are")} in {folder}.",
                    ],
                }
            );
        }
    }

    private static void Keep(INotebook notebook, Predictions seen, string? output, string? copies)
    {
        if (seen.Images.Count == 0)
        {
            return;
        }

        if (output is not null)
        {
            AnswersFile.Write(output, seen);
            notebook.Display(new View { Parts = [$"Written to {output}."] });
        }

        if (copies is not null)
        {
            var (files, folders) = ClassFolders.Copy(copies, seen);
            notebook.Display(
                new View
                {
                    Parts =
                    [
                        $"{files:N0} {(files == 1 ? "copy is" : "copies are")} in {copies}, in {folders:N0} {(folders == 1 ? "folder" : "folders")} named as the classes.",
                    ],
                }
            );
        }
    }
}
