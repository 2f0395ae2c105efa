using System.Globalization;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>Several runs of one training, and how far they are from each other.</summary>
internal static class RepeatViews
{
    /// <param name="parts">All runs that were asked for.</param>
    /// <param name="runs">Those that were begun, in their order.</param>
    /// <param name="folder">The folder above theirs; null where nothing is kept.</param>
    public static View Of(IReadOnlyList<RunPart> parts, IReadOnlyList<TrainingRun> runs, string? folder)
    {
        var isFolds = parts[0].Fold is not null;
        var what = isFolds ? $"{parts.Count} folds" : $"seeds {parts[0].Seed} to {parts[^1].Seed}";
        return new View
        {
            Title = $"{runs[0].Model}: {what}",
            Parts = [Table(parts, runs), .. Sentences(parts, runs, folder)],
        };
    }

    private static Table Table(IReadOnlyList<RunPart> parts, IReadOnlyList<TrainingRun> runs)
    {
        var metric = runs[0].EvalMetric;
        // A run that was stopped says less than it would have, and stays out of what sums up.
        double[] values =
        [
            .. runs.Where(run => !run.Interrupted).Select(run => run.Best?.Value ?? double.NaN).Where(double.IsFinite),
        ];
        var best = EpochResult.BestOf(runs.Select(run => run.Best).OfType<EpochResult>());
        return new Table
        {
            Columns =
            [
                new("run"),
                new($"best {MetricText.Name(metric)}", true),
                new("epoch", true),
                new("validation loss", true, Rank: 1),
                new("time", true, Rank: 2),
            ],
            Rows =
            [
                .. runs.Select((run, i) => Row(parts[i].Name, run)),
                Sum("mean", values.Length > 0 ? values.Average() : null),
                Sum("standard deviation", Deviation(values)),
                Sum("spread", values.Length > 1 ? values.Max() - values.Min() : null),
            ],
            Emphasis = best is null ? null : runs.ToList().FindIndex(run => ReferenceEquals(run.Best, best)),
        };

        Cell[] Row(string name, TrainingRun run) =>
            [
                run.Interrupted ? $"{name} (interrupted)" : name,
                Value(run.Best?.Value),
                run.Best is { } at ? ModelViews.Number(at.Epoch, $"{at.Epoch}") : Cell.Unknown,
                run.Best is { } of && double.IsFinite(of.ValidationLoss)
                    ? ModelViews.Number(of.ValidationLoss, DisplayText.Loss(of.ValidationLoss))
                    : Cell.Unknown,
                ModelViews.Number(run.Duration.TotalSeconds, DisplayText.Clock(run.Duration)),
            ];

        Cell[] Sum(string name, double? value) => [name, Value(value), "", "", ""];

        Cell Value(double? value) =>
            value is { } number && double.IsFinite(number)
                ? ModelViews.Number(number, MetricText.Value(metric, number))
                : Cell.Unknown;
    }

    /// <summary>The standard deviation of a sample, over n - 1; null of fewer than two values.</summary>
    internal static double? Deviation(IReadOnlyList<double> values)
    {
        if (values.Count < 2)
        {
            return null;
        }

        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }

    private static IEnumerable<string> Sentences(
        IReadOnlyList<RunPart> parts,
        IReadOnlyList<TrainingRun> runs,
        string? folder
    )
    {
        yield return parts[0].Fold is null
            ? "The runs differ by their seed alone: fresh weights, order, augmentation. The standard deviation is that of a sample, the spread the best less the worst."
            : "Each run was measured on the part of the training images that it did not see. The standard deviation is that of a sample, the spread the best less the worst.";
        if (runs.Count < parts.Count || runs.Any(run => run.Interrupted))
        {
            var done = runs.Count(run => !run.Interrupted).ToString(CultureInfo.InvariantCulture);
            yield return folder is null
                ? $"Interrupted: {done} of {parts.Count} runs are done, and nothing is kept on the disk; with --run FOLDER they can go on."
                : $"Interrupted: {done} of {parts.Count} runs are done; go on with --run {folder} --resume.";
        }
    }
}
