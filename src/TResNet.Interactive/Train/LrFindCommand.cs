using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Data;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>Looks for a learning rate: a range test, which leaves the network as it was.</summary>
internal static class LrFindCommand
{
    private static readonly LearningRateRange Defaults = new();

    public static Command Create(INotebook notebook, string commandName, TimeProvider? clock = null)
    {
        var setup = new TrainingSetup(notebook);
        var start = CommonOptions.Make("--start-lr", "The first learning rate.", Defaults.Start, "rate");
        var end = CommonOptions.Make("--end-lr", "The last learning rate.", Defaults.End, "rate");
        var steps = CommonOptions.Make(
            "--num-it",
            "Steps in which it rises, by the same factor each.",
            Defaults.Steps,
            "number"
        );
        var variable = CommonOptions.Name(
            "--name",
            "The variable that gets the suggested learning rate; NaN where there is none.",
            "lr"
        );
        var command = new Command(
            commandName,
            "Looks for a learning rate: trains some steps while it rises, shows the loss over it, and leaves the network as it was."
        );
        setup.AddTo(command, [start, end, steps, variable], isWhole: false);
        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var range = new LearningRateRange(parsed.GetValue(start), parsed.GetValue(end), parsed.GetValue(steps));
                range.Validate();
                var parts = setup.Prepare(parsed, before: null, setup.Weights(parsed, cancel), cancel: cancel);
                var (network, train, validation, _, options) = parts;
                using var teacher = parts.Teacher;
                var live = new Live(notebook, clock ?? TimeProvider.System, range.Steps);
                var curve = new Trainer(network, train, validation, options)
                {
                    Teacher = teacher?.Network,
                }.FindLearningRate(range, live, cancel);
                if (curve.Valley is { } at)
                {
                    notebook.SetVariable(parsed.GetRequiredValue(variable), curve.Steps[at].LearningRate);
                }

                live.Finish(LearningRateViews.Of(curve));
                TrainingData.ShowSkipped(notebook, train);
            }
        );
        return command;
    }

    /// <summary>A line while it runs, redrawn at most four times a second, and what came out in its place.</summary>
    private sealed class Live(INotebook notebook, TimeProvider clock, int steps) : IProgress<StepResult>
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
        private readonly long start = clock.GetTimestamp();
        private readonly LiveLine line = new(notebook);
        private long? shownAt;

        public void Report(StepResult value)
        {
            if (shownAt is { } last && clock.GetElapsedTime(last) < Interval)
            {
                return;
            }

            var gone = clock.GetElapsedTime(start);
            var left = gone * ((steps - value.Step) / (double)value.Step);
            line.Show(
                new ProgressLine(
                    $"step {value.Step:N0} of {steps:N0} · learning rate {DisplayText.LearningRate(value.LearningRate)} · loss {DisplayText.Loss(value.Loss)} · {DisplayText.Clock(gone)} gone, at most {DisplayText.Clock(left)} left",
                    value.Step / (double)steps
                )
            );
            shownAt = clock.GetTimestamp();
        }

        public void Finish(View view) => line.Show(view);
    }
}
