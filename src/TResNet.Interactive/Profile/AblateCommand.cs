using System.CommandLine;
using Notebook;
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
                var network = Models.Staged(target);
                if (options.InputSize is { } side)
                {
                    // The same for all steps that have its stem, and said of a name that was given.
                    Network.CheckInputSize(network.Info, side, side);
                }

                var steps = AblationSteps.Of(network);
                var line = new LiveLine(notebook);
                var result = AblationStudy.Run(
                    target,
                    steps,
                    options,
                    DeviceOption.Find(parsed.GetRequiredValue(timing.Device)),
                    new SynchronousProgress<AblationProgress>(at => line.Show(new ProgressLine(Said(at), at.Done))),
                    cancel
                );
                notebook.SetVariable(parsed.GetRequiredValue(variable), result);
                line.Show(AblationViews.Table(result));
                notebook.Display(AblationViews.Chart(result));
            }
        );
        return command;
    }

    private static string Said(AblationProgress at) => $"{at.Name} ({at.Number + 1} of {at.Count}): {at.What}";
}
