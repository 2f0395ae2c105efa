using System.CommandLine;
using Notebook;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Ablation;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Options;

namespace TResNet.Interactive.Profile;

/// <summary>Measures the refinements of a TResNet one after another.</summary>
internal static class AblateCommand
{
    public static Command Create(INotebook notebook, string name)
    {
        var defaults = new AblationOptions().Throughput;
        var model = CommonOptions.Make(
            "--model",
            "The network whose refinements are taken apart: a name that the models command lists.",
            "tresnet_m",
            "name"
        );
        model.CompletionSources.Add(_ =>
            Models.List("tresnet*").Select(info => new System.CommandLine.Completions.CompletionItem(info.Name))
        );
        var batch = CommonOptions.Make("--batch-size", "Images in a batch.", defaults.BatchSize, "number");
        var timing = new TimingOptions(defaults, "a measurement");
        var largest = new Option<bool>("--largest-batch")
        {
            Description = "Finds each network's largest training batch too, which takes minutes.",
        };
        var limit = MemoryLimitOption.Create();
        var accuracy = new AccuracyOptions();
        var variable = CommonOptions.Name("--name", "The variable that gets the rows.", "ablation");
        var command = new Command(name, "Adds TResNet's refinements to a ResNet-50 one by one, and measures each.")
        {
            model,
            batch,
            timing.InputSize,
            timing.Rounds,
            timing.RoundTime,
            timing.Budget,
            timing.ComputeType,
            timing.Device,
            largest,
            limit,
            variable,
        };
        foreach (var option in accuracy.All)
        {
            command.Add(option);
        }

        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var target = parsed.GetRequiredValue(model);
                var bytes = MemoryLimitOption.Read(parsed, limit);
                if (bytes is not null && !parsed.GetValue(largest))
                {
                    throw new CommandException("--memory-limit goes with --largest-batch: add that, or leave it out.");
                }

                var timed = timing.Read(parsed, ThroughputMode.Training) with { BatchSize = parsed.GetValue(batch) };
                var options = new AblationOptions
                {
                    Throughput = timed.Validate(),
                    InputSize = parsed.GetValue(timing.InputSize),
                    LargestBatch = parsed.GetValue(largest)
                        ? new LargestBatchOptions { MemoryLimit = bytes, ComputeType = timed.ComputeType }.Validate()
                        : null,
                };
                var plan = accuracy.Read(parsed);
                var network = Models.Staged(target);
                if (options.InputSize is { } side)
                {
                    // The same for all steps that have its stem, and said of a name that was given.
                    Network.CheckInputSize(network.Info, side, side);
                }

                var steps = AblationSteps.Of(network);
                var trainedSide = options.InputSize ?? AblationTraining.UsualSide;
                if (plan is not null)
                {
                    Network.CheckInputSize(network.Info, trainedSide, trainedSide);
                    plan.Data.ShowRemarks(notebook);
                    if (plan.TooFewText() is { } few)
                    {
                        notebook.Display(new View { Parts = [few] });
                    }
                }

                var line = new LiveLine(notebook);
                var result = AblationStudy.Run(
                    target,
                    steps,
                    options,
                    DeviceOption.Find(parsed.GetRequiredValue(timing.Device)),
                    new SynchronousProgress<AblationProgress>(at => line.Show(new ProgressLine(Said(at), at.Done))),
                    cancel
                );
                if (plan is not null && !result.Interrupted)
                {
                    var device = DeviceOption.Find(parsed.GetRequiredValue(timing.Device));
                    result = Trained(
                        result,
                        new AblationTraining(steps, plan, trainedSide, device),
                        plan,
                        line,
                        cancel
                    );
                }

                notebook.SetVariable(parsed.GetRequiredValue(variable), result);
                line.Show(AblationViews.Table(result));
                if (plan is not null && result.Rows.Any(row => row.Top1.Count > 0))
                {
                    notebook.Display(new View { Parts = [WayOf(network, plan, trainedSide)] });
                }

                notebook.Display(AblationViews.Chart(result));
            }
        );
        return command;
    }

    private static AblationResult Trained(
        AblationResult result,
        AblationTraining training,
        AccuracyPlan plan,
        LiveLine line,
        CancellationToken cancel
    )
    {
        var rows = result.Rows;
        var interrupted = training.Run(
            (number, seed, done) =>
                line.Show(
                    new ProgressLine(
                        $"{rows[number].Name} ({number + 1} of {rows.Count}): training for accuracy, seed {seed} of {plan.Seeds}",
                        done
                    )
                ),
            cancel
        );
        return result with
        {
            Rows = [.. rows.Zip(training.Accuracies, (row, top1) => row with { Top1 = top1 })],
            Interrupted = interrupted,
        };
    }

    private static string WayOf(StagedArchitecture network, AccuracyPlan plan, int side)
    {
        var divisor = AblationTraining.Divisor(network);
        var width = divisor == 1 ? "of their own width" : $"of a width divided by {divisor}";
        return $"Accuracy: of networks {width} on images of {side} x {side} pixels, after {(plan.Options.Epochs == 1 ? "an epoch" : $"{plan.Options.Epochs:N0} epochs")} of the default recipe in batches of {plan.Options.BatchSize} from {plan.Seeds} seeds each, on {plan.Data.ValidationCount:N0} images to test on. So short a training says what a refinement does to it, not what the paper's networks reach.";
    }

    private static string Said(AblationProgress at) => $"{at.Name} ({at.Number + 1} of {at.Count}): {at.What}";
}
