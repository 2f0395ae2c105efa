using System.Globalization;
using TResNet.Charts;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>Several runs beside each other.</summary>
internal static class RunViews
{
    public static View Of(IReadOnlyList<TrainingRun> runs) =>
        new() { Parts = [Table(runs, root: null), .. Chart(runs, root: null) is { } chart ? (object[])[chart] : []] };

    /// <summary>What is to be said of a run that goes on with other epochs, or has none left; null for nothing.</summary>
    /// <param name="before">What was done.</param>
    /// <param name="options">With how many epochs it goes on.</param>
    public static string? HowItGoesOn(TrainingRun before, TrainingOptions options)
    {
        var (done, steps) = (before.Epochs.Count, before.Steps.Count);
        if (done >= options.TotalEpochs)
        {
            return $"All {done:N0} epochs of the run were done before: a larger --epochs makes it longer.";
        }

        if (options.Epochs == before.Options.Epochs || steps == 0)
        {
            return null;
        }

        var next = new LearningRateSchedule(options, before.StepsPerEpoch).At(steps + 1, before.Epochs);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"The run becomes longer, {options.TotalEpochs:N0} epochs in place of {before.Options.TotalEpochs:N0}: from here on the learning rate is that of the longer one, {next:0.######} after {before.Steps[^1].LearningRate:0.######}."
        );
    }

    /// <summary>A row for each run.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="root">The folder that their names are relative to; null for each run's own folder name.</param>
    public static Table Table(IReadOnlyList<TrainingRun> runs, string? root)
    {
        var metrics = runs.Select(run => run.EvalMetric).Distinct().ToArray();
        return new Table
        {
            Columns =
            [
                new("run"),
                new("network"),
                new("data", Rank: 2),
                new("epochs", true),
                new(metrics is [var one] ? $"best {MetricText.Name(one)}" : "best", true),
                new("images/s", true, Rank: 1),
                new("when", Rank: 3),
                new("state"),
            ],
            Rows =
            [
                .. runs.Select(run =>
                    (Cell[])
                        [
                            Name(run, root),
                            run.Model,
                            run.TrainData,
                            ModelViews.Number(run.Epochs.Count, $"{run.Epochs.Count} of {run.Options.TotalEpochs}"),
                            Best(run, isNamed: metrics.Length > 1),
                            ModelViews.Number(run.ImagesPerSecond, DisplayText.Rate(run.ImagesPerSecond)),
                            When(run),
                            run.Interrupted ? "interrupted" : "finished",
                        ]
                ),
            ],
            Note = runs.Any(run => run.Interrupted)
                ? "Interrupted: stopped, or still going; train --run FOLDER --resume goes on."
                : null,
            Sortable = runs.Count > 1,
        };
    }

    /// <summary>The curves of all runs that completed an epoch; null where none did.</summary>
    public static Figure? Chart(IReadOnlyList<TrainingRun> runs, string? root)
    {
        var drawn = runs.Where(run => run.Epochs.Count > 0).Select(run => (Name(run, root), run)).ToArray();
        return drawn.Length > 0 ? RunCurves.Draw(drawn) : null;
    }

    /// <summary>What a run is called: its folder below another one, or the network where no folder keeps it.</summary>
    private static string Name(TrainingRun run, string? root)
    {
        if (run.Folder is not { } folder)
        {
            return run.Model;
        }

        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder.Path));
        var relative = root is null ? "." : Path.GetRelativePath(root, full);
        return relative == "." ? Path.GetFileName(full) : relative;
    }

    // A column without runs is of the usual metric; one of several metrics says in each row which it is.
    private static Cell Best(TrainingRun run, bool isNamed)
    {
        if (run.Best is not { } best || !double.IsFinite(best.Value))
        {
            return Cell.Unknown;
        }

        var text = MetricText.Value(best.EvalMetric, best.Value);
        return ModelViews.Number(best.Value, isNamed ? $"{MetricText.Name(best.EvalMetric)} {text}" : text);
    }

    private static Cell When(TrainingRun run) =>
        run.Folder?.SavedAt is { } saved
            ? ModelViews.Number(
                saved.ToUnixTimeSeconds(),
                saved.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
            )
            : Cell.Unknown;
}
