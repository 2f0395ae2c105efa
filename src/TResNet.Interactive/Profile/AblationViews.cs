using TResNet.Charts;
using TResNet.Interactive.Build;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Ablation;
using TResNet.Profiling.Throughput;

/// <summary>An ablation as a table with the differences to the row before, and as bars.</summary>
internal static class AblationViews
{
    /// <summary>From this growth on, a difference is said in times: percentages of five digits are hard to read.</summary>
    private const double ManyTimes = 9;

    public static View Of(AblationResult result) => new() { Parts = [Table(result), Chart(result)] };

    public static Figure Chart(AblationResult result)
    {
        var figure = ThroughputChart.Draw([.. result.Rows.SelectMany(Timed)]);
        return figure with
        {
            Layout = figure.Layout with
            {
                Title = Title.Headline(
                    $"Speed of {result.Network}, one refinement after another",
                    figure.Layout.Title!.Subtitle!.Text
                ),
            },
        };
    }

    public static Table Table(AblationResult result)
    {
        var rows = result.Rows;
        var searched = rows.Any(row => row.LargestBatch is not null);
        var trained = rows.Any(row => row.Top1.Count > 0);
        return new Table
        {
            Columns =
            [
                new("refinement"),
                new("parameters", true, Rank: 2),
                new("multiply-adds", true, Rank: 2),
                new("inference", true),
                new("training", true),
                new("memory", true, Rank: 1),
                .. searched ? (Column[])[new("largest batch", true, Rank: 1)] : [],
                .. trained ? (Column[])[new("top-1", true), new("spread", true, Rank: 1)] : [],
            ],
            Rows =
            [
                .. rows.Select(
                    (row, i) =>
                    {
                        var before = i == 0 ? null : rows[i - 1];
                        return (Cell[])
                            [
                                NameOf(row),
                                Value(
                                    row,
                                    before,
                                    each => each.Summary.Parameters,
                                    value => DisplayText.Count((long)value)
                                ),
                                Value(
                                    row,
                                    before,
                                    each => each.Summary.MultiplyAdds,
                                    value => DisplayText.Count((long)value)
                                ),
                                Speed(row.Inference, before?.Inference),
                                Speed(row.Training, before?.Training),
                                Value(
                                    row,
                                    before,
                                    each => each.TrainingMemory,
                                    value => DisplayText.Bytes((long)value)
                                ),
                                .. searched
                                    ? (Cell[])
                                        [Value(row, before, each => each.LargestBatch?.BatchSize, value => $"{value}")]
                                    : [],
                                .. trained ? (Cell[])[Accuracy(row, before), Spread(row)] : [],
                            ];
                    }
                ),
            ],
            Note = string.Join('\n', Notes(result)),
        };
    }

    private static IEnumerable<string> Notes(AblationResult result)
    {
        if (result.Interrupted)
        {
            yield return "Interrupted: the networks that were measured until then.";
        }

        var timed = Timed(result.Rows[0]).First();
        yield return "Each row adds a refinement to those above; with a value, the difference to the row before (= where there is none, ≈ where none can be told).";
        yield return $"Images/s in inference and training, median: {ProfileViews.WayOf(timed)}, {timed.InputShape[^2]} × {timed.InputShape[^1]} pixels; memory: what a training step takes. {timed.Machine}.";
        if (result.Rows[0].LargestBatch is { MemoryLimit: { } limit })
        {
            yield return $"Largest batch: of a training step whose process stays within {DisplayText.Bytes(limit)}.";
        }

        foreach (var row in result.Rows.Where(row => row.NoBatch is not null))
        {
            yield return $"{NameOf(row)}: {row.NoBatch}";
        }

        foreach (var sentence in RatioText.Notes([.. result.Rows.SelectMany(Timed)], ofFirst: false))
        {
            yield return sentence;
        }

        var timings = result.Rows.SelectMany(Timed);
        if (Noise.Of(timings.Select(each => ($"{each.Model} ({DisplayText.Of(each.Mode)})", each))) is { } noise)
        {
            yield return noise;
        }

        yield return result.Rows.Any(row => row.Top1.Count > 0)
            ? "Top-1: the mean over seeds, with the mean difference to the row before, seed by seed, and its 95 % interval by Student's t (≈ where it holds 0); spread: the best seed less the worst. The paper's own figures for single refinements are not shown."
            : "Accuracy is not measured (--accuracy does), and the paper's own figures for single refinements are not shown.";
    }

    private static string NameOf(AblationRow row) => row.Summary.Model;

    private static ThroughputResult Named(AblationRow row, ThroughputResult result) =>
        result with
        {
            Model = NameOf(row),
        };

    private static IEnumerable<ThroughputResult> Timed(AblationRow row) =>
        new[] { row.Training, row.Inference }.OfType<ThroughputResult>().Select(result => Named(row, result));

    private static Cell Speed(ThroughputResult? timed, ThroughputResult? before)
    {
        if (timed is null)
        {
            return Cell.Unknown;
        }

        var ratio = before is null ? null : PairedRatio.Of(timed, before);
        return ModelViews.Number(timed.Median, DisplayText.Rate(timed.Median)) with
        {
            Aside =
                before is null ? null
                : ratio is { IsJudged: true, IsDifferent: false } ? "≈"
                : Change(ratio?.Value ?? timed.Median / before.Median),
            Hint =
                $"{timed.Rounds.Count} rounds from {DisplayText.Rate(timed.Min)} to {DisplayText.Rate(timed.Max)} images/s"
                + (ratio is null ? "" : $"; {RatioText.Cell(ratio).Hint} of the row before"),
        };
    }

    private static Cell Accuracy(AblationRow row, AblationRow? before)
    {
        if (row.Top1.Count == 0)
        {
            return Cell.Unknown;
        }

        var (mean, difference) = (
            row.Top1.Average(),
            before is null ? null : PairedDifference.Of(row.Top1, before.Top1)
        );
        var seeds = string.Join(", ", row.Top1.Select(DisplayText.Percent));
        return ModelViews.Number(mean, DisplayText.Percent(mean)) with
        {
            Aside = difference is null
                ? null
                : $"{(difference.IsDifferent ? "" : "≈ ")}{Signed(difference.Mean)} [{Signed(difference.Low)}, {Signed(difference.High)}]",
            Hint = $"Seed by seed: {seeds}",
        };
    }

    private static Cell Spread(AblationRow row) =>
        row.Top1.Count < 2
            ? Cell.Unknown
            : ModelViews.Number(row.Top1.Max() - row.Top1.Min(), DisplayText.Percent(row.Top1.Max() - row.Top1.Min()));

    private static string Signed(double share) => $"{(share > 0 ? "+" : "")}{DisplayText.Percent(share)}";

    private static Cell Value(
        AblationRow row,
        AblationRow? before,
        Func<AblationRow, double?> of,
        Func<double, string> said
    )
    {
        if (of(row) is not { } value)
        {
            return Cell.Unknown;
        }

        var was = before is null ? null : of(before);
        return ModelViews.Number(value, said(value)) with
        {
            Aside = was is null ? null : Change(was > 0 ? value / was.Value : 1),
        };
    }

    private static string Change(double ratio) =>
        Math.Abs(ratio - 1) < 0.0005 ? "="
        : ratio - 1 >= ManyTimes ? $"{NumberFormat.Format(ratio, ",d")} ×"
        : $"{(ratio > 1 ? "+" : "")}{DisplayText.Percent(ratio - 1)}";
}
