using System.CommandLine;
using Notebook;
using TResNet.Building;
using TResNet.Evaluation;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Validate;

/// <summary>Measures how well a network does on images that it was not trained on.</summary>
internal static class ValidateCommand
{
    public static Command Create(INotebook notebook, string name, TimeProvider? clock = null)
    {
        var model = CommonOptions.Model("tresnet_nano");
        var switches = SwitchOption.Create();
        var weights = StartingWeights.Option();
        weights.Description =
            "Trained weights: a .safetensors, .pth or .pt file, or a name that the weights command lists, which is downloaded once.";
        var data = new DataOptions();
        var batch = CommonOptions.Make("--batch-size", "Images at a time.", 250, "number");
        var size = CommonOptions.InputSize();
        var crops = CommonOptions.Make(
            "--crops",
            "How many crops of each photograph are looked at, whose probabilities are averaged: 1 (the middle), 2 (its mirror image too), 5 (the "
                + "middle and the corners), 10 (the mirror images of these too).",
            1,
            "number"
        );
        crops.Aliases.Add("--tta");
        var share = new Option<double?>("--crop-pct")
        {
            Description =
                "The crop's side as a share of the resized photograph's shorter side, 0.1 to 1. Default: what the network was published with.",
            HelpName = "share",
        };
        var channels = CommonOptions.Make(
            "--in-chans",
            "Channels that a network by name takes; grey images are repeated over them.",
            3,
            "number"
        );
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
            model,
            switches,
            weights,
            data.Images,
            data.Validation,
            data.Order,
            data.Map,
            batch,
            size,
            crops,
            share,
            channels,
            device,
            computeType,
            optimize,
            variable,
        };
        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var computed = ComputeTypeOption.Read(parsed, computeType, device);
                var looks = TestCrops.Of(parsed.GetValue(crops));
                var images = data.Read(parsed);
                images.ShowRemarks(notebook);
                var (network, isNew) = CommonOptions.Resolve(
                    notebook,
                    parsed.GetRequiredValue(model),
                    parsed.GetRequiredValue(switches),
                    images.Classes.Count,
                    parsed.GetValue(channels),
                    seed: 42
                );
                using var owned = isNew ? network : null;
                var side = CommonOptions.SizeFor(network, parsed.GetValue(size));
                var file = parsed.GetValue(weights);
                StartingWeights.Load(notebook, network, file, cancel, resetClassifier: false);
                DeviceOption.Place(network, parsed.GetRequiredValue(device));
                var views = images.Views(network, side, looks.Places, parsed.GetValue(share));
                var live = new LiveEvaluation(notebook, clock ?? TimeProvider.System);
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
                    faster
                );
                notebook.SetVariable(parsed.GetRequiredValue(variable), evaluation);
                live.Finish(evaluation);
                TrainingData.ShowSkipped(notebook, views[0]);
                if (isNew && file is null)
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
}

/// <summary>Shows an evaluation while it runs as a line, redrawn at most four times a second, and then what came out in its place.</summary>
internal sealed class LiveEvaluation(INotebook notebook, TimeProvider clock) : IProgress<EvaluationProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly long start = clock.GetTimestamp();
    private readonly LiveLine line = new(notebook);
    private bool isShown;
    private long shownAt;

    /// <inheritdoc/>
    public void Report(EvaluationProgress value)
    {
        if (isShown && clock.GetElapsedTime(shownAt) < Interval)
        {
            return;
        }

        var gone = clock.GetElapsedTime(start);
        var left = gone * ((value.Images - value.Done) / (double)value.Done);
        isShown = true;
        line.Show(
            new ProgressLine(
                $"{value.Done:N0} of {value.Images:N0} images · top-1 {DisplayText.Percent(value.Top1)} so far · {DisplayText.Clock(gone)} gone, {DisplayText.Clock(left)} left",
                value.Done / (double)value.Images
            )
        );
        shownAt = clock.GetTimestamp();
    }

    /// <summary>Shows the result in place of the line.</summary>
    public void Finish(EvaluationResult evaluation) => line.Show(EvaluationViews.Of(evaluation));

    /// <summary>Shows that the network is being optimised.</summary>
    public void Optimising(Network network) => line.Show(new ProgressLine($"optimising {network.Info.Name}", 0));
}
