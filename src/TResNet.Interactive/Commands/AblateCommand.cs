using System.CommandLine;
using Notebook;
using TResNet.Interactive.Formatting;
using TResNet.Profiling;

namespace TResNet.Interactive.Commands;

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
        var size = CommonOptions.InputSize();
        var rounds = CommonOptions.Make(
            "--rounds",
            "Timed rounds, of which the median is the result.",
            defaults.Rounds,
            "number"
        );
        var budget = CommonOptions.Make(
            "--budget",
            "Seconds after which no round of a measurement starts.",
            (int)defaults.Budget.TotalSeconds,
            "seconds"
        );
        var precision = PrecisionOption.Create();
        var device = DeviceOption.Create();
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
            size,
            rounds,
            budget,
            precision,
            device,
            largest,
            limit,
            variable,
        };
        command.SetWork(
            (parsed, cancel) =>
            {
                var target = parsed.GetRequiredValue(model);
                var bytes = MemoryLimitOption.Read(parsed, limit);
                if (bytes is not null && !parsed.GetValue(largest))
                {
                    throw new CommandException("--memory-limit goes with --largest-batch: add that, or leave it out.");
                }

                var computed = PrecisionOption.Read(parsed, precision, device);
                var options = new AblationOptions
                {
                    Throughput = (
                        defaults with
                        {
                            Mode = ThroughputMode.Training,
                            BatchSize = parsed.GetValue(batch),
                            Rounds = parsed.GetValue(rounds),
                            Budget = TimeSpan.FromSeconds(parsed.GetValue(budget)),
                            Precision = computed,
                        }
                    ).Validate(),
                    InputSize = parsed.GetValue(size),
                    LargestBatch = parsed.GetValue(largest)
                        ? new LargestBatchOptions { MemoryLimit = bytes, Precision = computed }.Validate()
                        : null,
                };
                var steps = Ablation.Of(Models.Staged(target));
                IDisplayedValue? line = null;
                var result = AblationStudy.Run(
                    target,
                    steps,
                    options,
                    DeviceOption.Find(parsed.GetRequiredValue(device)),
                    new Progress(at => Show(new ProgressLine(Said(at), at.Number / (double)at.Count))),
                    cancel
                );
                notebook.SetVariable(parsed.GetRequiredValue(variable), result);
                Show(AblationViews.Table(result));
                notebook.Display(Plots.Ablation(result));

                void Show(object value)
                {
                    if (line is null)
                    {
                        line = notebook.Display(value);
                    }
                    else
                    {
                        line.Update(value);
                    }
                }
            }
        );
        return command;
    }

    private static string Said(AblationProgress at) => $"{at.Name} ({at.Number + 1} of {at.Count}): {at.What}";

    private sealed class Progress(Action<AblationProgress> report) : IProgress<AblationProgress>
    {
        public void Report(AblationProgress value) => report(value);
    }
}
