using System.Globalization;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>The epochs of a run as a table of bounded length, the best one marked.</summary>
internal static class EpochTable
{
    private const int MostWhileRunning = 8;
    private const int Most = 24;
    private static readonly int[] Strides = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];

    /// <summary>The newest epochs and the best.</summary>
    /// <param name="epochs">All epochs done; at least one.</param>
    /// <param name="rates">The learning rate at the end of each.</param>
    public static Table WhileRunning(IReadOnlyList<EpochResult> epochs, IReadOnlyList<double> rates)
    {
        var first = epochs.Count - MostWhileRunning;
        var table = Rows(epochs, rates, (i, isBest) => i >= first || isBest);
        return table.Rows.Count < epochs.Count
            ? table with
            {
                Note = $"The newest {MostWhileRunning} of {epochs.Count:N0} epochs, and the best.",
            }
            : table;
    }

    /// <summary>All epochs of a run; of many every n-th, the best and the last.</summary>
    /// <param name="run">A run with at least one epoch.</param>
    /// <param name="note">What stands below.</param>
    public static Table Of(TrainingRun run, string note)
    {
        var epochs = run.Epochs;
        var stride = Strides.First(each => epochs.Count / each <= Most || each == Strides[^1]);
        var table = Rows(
            epochs,
            [.. epochs.Select(epoch => RateOf(run, epoch))],
            (i, isBest) => epochs[i].Epoch % stride == 0 || i == 0 || i == epochs.Count - 1 || isBest
        );
        return table with
        {
            Footer =
            [
                "all",
                "",
                "",
                "",
                .. Compares(epochs) ? (Cell[])["", ""] : [],
                "",
                DisplayText.Rate(run.ImagesPerSecond),
                WaitOf(epochs) is { } wait ? DisplayText.Percent(wait) : Cell.Unknown,
                DisplayText.Clock(run.Duration),
                "",
            ],
            Note =
                stride == 1
                    ? note
                    : $"Every {stride}{(stride == 2 ? "nd" : "th")} of {epochs.Count:N0} epochs, the best and the last; run.Epochs has all.\n{note}",
        };
    }

    /// <summary>Epochs without their run.</summary>
    public static View Of(IReadOnlyList<EpochResult> epochs) =>
        new() { Parts = epochs.Count == 0 ? ["No epochs."] : [Rows(epochs, rates: null, (_, _) => true)] };

    /// <summary>The share of the training time of all epochs that was spent waiting for images; null where it was not counted.</summary>
    public static double? WaitOf(IReadOnlyList<EpochResult> epochs)
    {
        // An epoch's training time is proportional to 1 / images a second: each has as many images.
        var counted = epochs.Where(epoch => epoch is { DataWait: not null, ImagesPerSecond: > 0 }).ToArray();
        return counted.Length == 0
            ? null
            : counted.Sum(epoch => epoch.DataWait!.Value / epoch.ImagesPerSecond)
                / counted.Sum(epoch => 1 / epoch.ImagesPerSecond);
    }

    /// <summary>Which weights an epoch's accuracy is of, as words to append; nothing in a run without an average.</summary>
    public static string OfAverage(EpochResult epoch) =>
        epoch.Weights switch
        {
            EvaluatedWeights.Average => ", of the average of the weights",
            EvaluatedWeights.Network => ", of the network without its average",
            _ => "",
        };

    /// <summary>The learning rate at the end of an epoch.</summary>
    public static double RateOf(TrainingRun run, EpochResult epoch) =>
        epoch.Step <= run.Steps.Count ? run.Steps[epoch.Step - 1].LearningRate : double.NaN;

    private static Table Rows(
        IReadOnlyList<EpochResult> epochs,
        IReadOnlyList<double>? rates,
        Func<int, bool, bool> isShown
    )
    {
        // An epoch alone is the best of nothing.
        var best = rates is null && epochs.Count == 1 ? null : EpochResult.BestOf(epochs);
        var compares = Compares(epochs);
        int[] shown = [.. Enumerable.Range(0, epochs.Count).Where(i => isShown(i, epochs[i] == best))];
        return new Table
        {
            Columns =
            [
                new("epoch", true),
                new("training loss", true),
                new("validation loss", true),
                new(MetricText.Name(MetricText.Shown(epochs)), true),
                .. compares ? (Column[])[new("of the"), new("other", true, Rank: 1)] : [],
                .. rates is null ? (Column[])[] : [new("learning rate", true, Rank: 2)],
                new("images/s", true, Rank: 1),
                new("data wait", true, Rank: 3),
                new("time", true),
                .. best is null ? (Column[])[] : [new("")],
            ],
            Rows = [.. shown.Select(i => Row(epochs[i], rates?[i], best, compares))],
            Emphasis = best is null ? null : Array.FindIndex(shown, i => epochs[i] == best),
        };
    }

    private static bool Compares(IReadOnlyList<EpochResult> epochs) => epochs.Any(epoch => epoch.Weights is not null);

    private static Cell[] Row(EpochResult epoch, double? rate, EpochResult? best, bool compares) =>
        [
            epoch.Epoch.ToString(CultureInfo.InvariantCulture),
            DisplayText.Loss(epoch.TrainLoss),
            DisplayText.Loss(epoch.ValidationLoss),
            MetricText.Value(EvalMetric.Top1, MetricText.Shown(epoch)),
            .. compares
                ? (Cell[])
                    [
                        epoch.Weights?.ToString().ToLowerInvariant() ?? "average",
                        epoch.OtherScore is { } other ? MetricText.Value(epoch.EvalMetric, other) : Cell.Unknown,
                    ]
                : [],
            .. rate is null ? (Cell[])[] : [DisplayText.LearningRate(rate.Value)],
            DisplayText.Rate(epoch.ImagesPerSecond),
            epoch.DataWait is { } wait ? DisplayText.Percent(wait) : Cell.Unknown,
            DisplayText.Clock(epoch.Duration),
            .. best is null ? (Cell[])[] : [epoch == best ? "best" : ""],
        ];
}
