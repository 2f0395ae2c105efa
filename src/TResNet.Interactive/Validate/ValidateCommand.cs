using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Evaluation;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Validate;

/// <summary>Measures how well a network does on images that it was not trained on.</summary>
internal static class ValidateCommand
{
    public static Command Create(INotebook notebook, string name, TimeProvider? clock = null)
    {
        var trained = new TrainedNetwork();
        var data = new DataOptions();
        var batch = CommonOptions.Make("--batch-size", "Images at a time.", 250, "number");
        var prepared = new ImageOptions();
        var crops = CommonOptions.Make(
            "--crops",
            "How many crops of each photograph are looked at, whose probabilities are averaged: 1 (the middle), 2 or flip (its mirror image too), 5 (the "
                + "middle and the corners), 10 (the mirror images of these too).",
            1,
            "number"
        );
        crops.Aliases.Add("--tta");
        crops.CustomParser = result =>
        {
            var word = result.Tokens[0].Value;
            if (word == "flip" || int.TryParse(word, CultureInfo.InvariantCulture, out _))
            {
                return word == "flip" ? 2 : int.Parse(word, CultureInfo.InvariantCulture);
            }

            result.AddError($"--crops {word} is no number of crops: take 1, 2 (or flip), 5 or 10.");
            return 0;
        };
        var metric = EvalMetricOption.Create(
            "What sums the evaluation up, first of all: top1, top5, loss, mAP, macro-f1, micro-f1 or balanced-accuracy. Default: top1; mAP where an image may have several labels."
        );
        var results = new Option<string?>("--results")
        {
            Description = "A file that gets the numbers in one row with timm's columns, .csv or .json.",
            HelpName = "file",
        };
        var predictions = new Option<string?>("--predictions")
        {
            Description =
                "A file that gets the path of each image, what is right and the probability of each class, .csv or .json.",
            HelpName = "file",
        };
        var channels = CommonOptions.Make(
            "--in-chans",
            "Channels that a network by name takes, where its weights do not say; grey images are repeated over them.",
            3,
            "number"
        );
        var real = new Option<string?>("--real-labels")
        {
            Description =
                "Other labels for the images, of which each is right: real.json of ImageNet ReaL, or a JSON object of file names and lists of class names or numbers.",
            HelpName = "file",
        };
        var tune = ThresholdOption.Create("");
        var variable = CommonOptions.Name(
            "--name",
            "The variable that gets the evaluation: the answer for each image.",
            "evaluation"
        );
        var device = DeviceOption.Create();
        var computeType = ComputeTypeOption.Create();
        var optimize = OptimizeOption.Create(
            "Optimises the network for this machine first, which takes some seconds: the same answers, to 1e-4 in float32."
        );
        var command = new Command(
            name,
            "Shows how many validation images a network classifies rightly, class by class."
        )
        {
            trained.Run,
            trained.Model,
            trained.Switches,
            trained.Weights,
            data.Images,
            data.Validation,
            data.Order,
            data.Map,
            batch,
            prepared.Size,
            crops,
            prepared.Normalize.Mean,
            prepared.Normalize.Std,
            metric,
            results,
            predictions,
            real,
            tune,
            channels,
            device,
            computeType,
            optimize,
            variable,
        };
        foreach (var option in prepared.Crop.All)
        {
            command.Add(option);
        }

        OptionGroups.Put("Network", trained.Run, trained.Model, trained.Switches, trained.Weights, channels);
        OptionGroups.Put("Images", data.Images, data.Validation, data.Order, data.Map);
        OptionGroups.Put("Images", [crops, .. prepared.All]);
        OptionGroups.Put("Computing", batch, device, computeType, optimize);
        OptionGroups.Put("Results", metric, real, tune, results, predictions);

        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var computed = ComputeTypeOption.Read(parsed, computeType, device);
                var looks = TestCrops.Of(parsed.GetValue(crops));
                var asked = EvalMetricOption.Read(parsed, metric);
                ReportFile.Require("--results", parsed.GetValue(results), "results");
                ReportFile.Require("--predictions", parsed.GetValue(predictions), "predictions");
                var run = trained.ReadRun(parsed);
                var weights = trained.ReadWeights(notebook, parsed, run, cancel);
                var images = ImagesOf(parsed, data, run);
                images.ShowRemarks(notebook);
                if (parsed.GetValue(tune))
                {
                    ThresholdOption.Require(images.IsMultiLabel, keeps: run is not null);
                }

                var realLabels = parsed.GetValue(real) is { } file ? Real(file, images) : null;
                RequireChannels(parsed, channels, run);
                var (network, isNew) = trained.Resolve(
                    notebook,
                    parsed,
                    run,
                    weights,
                    images.Classes.Count,
                    weights?.Says.Data.Channels is { } own ? parsed.ValueOr(channels, own) : parsed.GetValue(channels)
                );
                using var owned = isNew ? network : null;
                if (run is null)
                {
                    RequireClasses(weights?.Path, weights?.Says.LabelNames, images);
                    trained.Load(notebook, parsed, network, weights, resetClassifier: false);
                }

                var config = prepared.Read(parsed, network);
                weights?.Show(
                    notebook,
                    CommonOptions.Given(parsed, [trained.Model, trained.Switches, .. prepared.All])
                );
                DeviceOption.Place(network, parsed.GetRequiredValue(device));
                var views = images.Views(network, config, looks.Places);
                var summary = asked ?? EvalMetrics.Default(views[0].IsMultiLabel);
                summary.Require(views[0]);
                var live = new LiveEvaluation(notebook, clock ?? TimeProvider.System, summary, views[0].IsMultiLabel);
                var faster = OptimizeOption.Read(parsed, optimize);
                if (faster)
                {
                    live.Optimising(network);
                }

                var evaluation = Evaluator.Evaluate(
                    network,
                    views,
                    looks.Mirrored,
                    parsed.GetValue(batch),
                    live,
                    cancel,
                    computed,
                    faster,
                    keepProbabilities: summary.NeedsProbabilities()
                        || parsed.GetValue(predictions) is not null
                        || realLabels is not null
                );
                if (evaluation.MultiLabel && !parsed.GetValue(tune))
                {
                    evaluation = evaluation with
                    {
                        Thresholds = (run is null ? null : RunThresholds.Of(run)?.Thresholds) ?? network.Thresholds,
                    };
                }

                notebook.SetVariable(parsed.GetRequiredValue(variable), evaluation);
                live.Finish(evaluation);
                if (realLabels?.Score(evaluation, views[0]) is var (one, five, judged, leftOut))
                {
                    notebook.Display(
                        new View
                        {
                            Title = "Real labels",
                            Parts =
                            [
                                $"top-1 {DisplayText.Percent(one)}, top-5 {DisplayText.Percent(five)} of {judged:N0} images; {leftOut:N0} without any label are left out.",
                            ],
                        }
                    );
                }

                if (ErrorViews.Of(evaluation, images.Pictures(config)) is { } errors)
                {
                    notebook.Display(errors);
                }

                if (parsed.GetValue(tune))
                {
                    ThresholdOption.Tune(notebook, run!, network, evaluation);
                }

                TrainingData.ShowSkipped(notebook, views[0]);
                var row = new ResultsFile(network, config with { CropPct = images.CropPct(config) });
                Write(notebook, parsed.GetValue(results), path => row.Write(path, evaluation));
                Write(
                    notebook,
                    parsed.GetValue(predictions),
                    path => PredictionsFile.Write(path, evaluation, views[0])
                );
                if (isNew && run is null && parsed.GetValue(trained.Weights) is null)
                {
                    notebook.Display(
                        new View
                        {
                            Parts =
                            [
                                $"{network.Info.Name} guesses: its weights are fresh. --weights loads trained ones.",
                            ],
                        }
                    );
                }
            }
        );
        return command;
    }

    // Those that the run was measured on, unless others are named.
    private static TrainingData ImagesOf(ParseResult parsed, DataOptions data, TrainingRun? run)
    {
        if (run is null)
        {
            return data.Read(parsed);
        }

        if (!parsed.IsGiven(data.Images) && !DataOptions.NameImages(run.Notes))
        {
            throw new CommandException(
                $"The run in {run.Folder?.Path} does not say where its images are: name them with --data."
            );
        }

        var images = DataOptions.Open(data.Notes(parsed, run.Notes));
        RequireClasses($"The run in {run.Folder?.Path}", run.Classes, images);
        return images;
    }

    // Classes in another order would be counted as mistakes, or as hits.
    private static void RequireClasses(string? who, IReadOnlyList<string>? classes, TrainingData images)
    {
        if (classes is null || images.Classes.SequenceEqual(classes))
        {
            return;
        }

        var place = images.Classes.Zip(classes).TakeWhile(pair => pair.First == pair.Second).Count();
        throw new CommandException(
            $"{who} knows {classes.Count} classes and the images have {images.Classes.Count}; output {place} is for "
                + $"{Quoted(classes, place)} there and {Quoted(images.Classes, place)} here: name images of the same classes, or number them as it did with --class-map."
        );
    }

    private static RealLabels Real(string file, TrainingData images) =>
        images.IsMultiLabel
            ? throw new CommandException(
                $"--real-labels {file} is for images of one label, and these may have several: leave it out."
            )
            : RealLabels.Read(file, images.Classes);

    private static string Quoted(IReadOnlyList<string> classes, int place) =>
        place < classes.Count ? $"'{classes[place]}'" : "nothing";

    private static void RequireChannels(ParseResult parsed, Option<int> channels, TrainingRun? run)
    {
        if (run is not null && parsed.IsGiven(channels) && parsed.GetValue(channels) != run.InputShape[0])
        {
            throw new CommandException(
                $"--in-chans {parsed.GetValue(channels)} contradicts the run in {run.Folder?.Path}, whose network takes {run.InputShape[0]}: leave it out."
            );
        }
    }

    private static void Write(INotebook notebook, string? path, Action<string> write)
    {
        if (path is not null)
        {
            write(path);
            notebook.Display(new View { Parts = [$"Written to {path}."] });
        }
    }
}
