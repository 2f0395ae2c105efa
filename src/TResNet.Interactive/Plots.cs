using TResNet.Evaluation;
using TResNet.Interactive.Charts;
using TResNet.Interactive.Formatting;
using TResNet.Profiling;
using TResNet.Profiling.Ablation;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Throughput;
using TResNet.Training;

namespace TResNet.Interactive;

/// <summary>The charts of this project, for cells that want one alone.</summary>
public static class Plots
{
    /// <summary>Loss, top-1 and learning rate over a run.</summary>
    public static Figure Training(TrainingRun run)
    {
        var result = run.Top1 is { } top1 ? $"top-1 {NumberFormat.Format(top1, ".1%")}" : "no epoch completed";
        return TrainingCurve.Draw(
            $"{run.Model} on {run.HeldOutData}",
            $"{result} · {run.Epochs.Count} of {run.Options.Epochs} epochs · {NumberFormat.Format(run.ImagesPerSecond, ",d")} images/s"
                + (run.Interrupted ? " · interrupted" : ""),
            run
        );
    }

    /// <summary>What <see cref="Training"/> draws: <c>run.Plot()</c>.</summary>
    public static Figure Plot(this TrainingRun run) => Training(run);

    /// <summary>The loss of a run alone: of each step, averaged, and on held-out images.</summary>
    public static Figure Loss(TrainingRun run) => TrainingCurve.Panel(Training(run), 1);

    /// <summary>The top-1 on held-out images of a run alone.</summary>
    public static Figure Accuracy(TrainingRun run) => TrainingCurve.Panel(Training(run), 2);

    /// <summary>The learning rate of a run alone.</summary>
    public static Figure LearningRate(TrainingRun run) => TrainingCurve.Panel(Training(run), 3);

    /// <summary>Images a second of one or several networks: the median, with a line from the slowest to the fastest round.</summary>
    public static Figure Throughput(params IReadOnlyList<ThroughputResult> results)
    {
        string[] models = [.. results.Select(result => result.Model).Distinct()];
        ThroughputMode[] modes = [.. results.Select(result => result.Mode).Distinct()];
        var labels = new List<Annotation>();
        var traces = new List<Trace>();

        // Long names take more lines and leave the bars as thick as they are.
        var usual = modes.Length > 1 ? 64 : 44;
        var row = Math.Max(usual, models.Max(model => 16 * ModelNames.Wrapped(model).Split("<br>").Length + 10));
        var bars = 0.7 * usual / row;
        foreach (var mode in modes)
        {
            var own = models
                .Select(model => results.FirstOrDefault(r => r.Model == model && r.Mode == mode))
                .OfType<ThroughputResult>()
                .ToArray();
            traces.Add(
                new Bar
                {
                    Name = Words.Of(mode),
                    Orientation = Orientation.Horizontal,
                    Y = own.Select(r => ModelNames.Wrapped(r.Model)).ToArray(),
                    X = own.Select(r => r.Median).ToArray(),
                    ErrorX = new ErrorBars
                    {
                        Array = [.. own.Select(r => r.Max - r.Median)],
                        ArrayMinus = [.. own.Select(r => r.Median - r.Min)],
                    },
                    HoverTemplate = "%{y}: %{x:.4~g} images/s<extra></extra>",
                }
            );

            // plotly puts the bars of a category at equal distances within 1 - gap of its width.
            var offset = (Array.IndexOf(modes, mode) - (modes.Length - 1) / 2.0) * bars / modes.Length;
            labels.AddRange(
                own.Select(r => new Annotation
                {
                    Text = Words.Rate(r.Median),
                    X = r.Max,
                    Y = Array.IndexOf(models, r.Model) + offset,
                    XRef = "x",
                    YRef = "y",
                    XAnchor = "left",
                    XShift = 6,
                })
            );
        }

        var batches = string.Join(" and ", results.Select(r => $"{r.BatchSize}").Distinct());
        var sizes = string.Join(" and ", results.Select(r => $"{r.InputShape[^2]} × {r.InputShape[^1]}").Distinct());
        return new Figure
        {
            Data = traces,
            Layout = new Layout
            {
                Title = Title.Headline(
                    "Images per second",
                    $"batch of {batches}, {sizes} pixels · median, line from slowest to fastest round"
                ),
                XAxis = new Axis { Title = "images/s", Range = [0, results.Max(r => r.Max) * 1.14] },
                YAxis = Axis.OfNames(reversed: true),
                BarGap = Math.Round(1 - bars, 3),
                BarCornerRadius = 3,
                Annotations = labels,
                Height = 132 + (modes.Length > 1 ? 30 : 0) + models.Length * row,
                Margin = new Margin { T = modes.Length > 1 ? 88 : 64 },
            },
        };
    }

    /// <summary>Images a second over the batch size: a line for each network and machine, with the spread of the rounds.</summary>
    /// <param name="curves">What <c>tresnet-throughput</c> measured; at least one curve with a point.</param>
    public static Figure BatchSizes(ThroughputCurves curves) => ThroughputViews.Chart(curves.Curves);

    /// <summary>Images a second against multiply-adds: who does more with the same work stands higher.</summary>
    /// <param name="summaries">The networks counted.</param>
    /// <param name="results">The same networks measured.</param>
    public static Figure TradeOff(IReadOnlyList<ModelSummary> summaries, IReadOnlyList<ThroughputResult> results) =>
        TradeOffChart.Draw(summaries, results);

    /// <summary>Images a second of a network with one refinement after another.</summary>
    public static Figure Ablation(AblationResult result) => AblationViews.Chart(result);

    /// <summary>What rate each layer reaches, under what arithmetic and memory of the machine allow.</summary>
    /// <param name="profile">A network looked at layer by layer.</param>
    public static Figure Roofline(LayerProfile profile) => RooflineChart.Draw(profile);

    /// <summary>Time for an image against its multiply-adds, with their correlation: FLOPs are not speed.</summary>
    /// <param name="summaries">The networks counted.</param>
    /// <param name="results">The same networks measured; of several modes, the first one's results are drawn.</param>
    public static Figure MultiplyAddsAgainstTime(
        IReadOnlyList<ModelSummary> summaries,
        IReadOnlyList<ThroughputResult> results
    ) => AgainstTime("Multiply-adds", summaries, results, summary => summary.MultiplyAdds);

    /// <summary>Time for an image against the outputs of its convolutions, with their correlation: the better guide (arXiv 2003.13678).</summary>
    /// <param name="summaries">The networks counted.</param>
    /// <param name="results">The same networks measured; of several modes, the first one's results are drawn.</param>
    public static Figure ActivationsAgainstTime(
        IReadOnlyList<ModelSummary> summaries,
        IReadOnlyList<ThroughputResult> results
    ) => AgainstTime("Activations", summaries, results, summary => summary.Activations);

    /// <summary>Time for an image against its multiply-adds; networks that were not measured are left out.</summary>
    public static Figure MultiplyAddsAgainstTime(Comparison comparison) =>
        AgainstTime("Multiply-adds", comparison, network => network.MultiplyAdds);

    /// <summary>Time for an image against the outputs of its convolutions; networks that were not measured are left out.</summary>
    public static Figure ActivationsAgainstTime(Comparison comparison) =>
        AgainstTime("Activations", comparison, network => network.Activations);

    /// <summary>Published accuracy against multiply-adds; networks without a published accuracy are left out.</summary>
    public static Figure AccuracyAgainstWork(Comparison comparison)
    {
        var published = comparison.Networks.Where(network => network.Top1 is not null).ToArray();
        var (unit, word) = published.Any(network => network.MultiplyAdds >= 1e9) ? (1e9, "billion") : (1e6, "million");
        return AccuracyChart.Draw(
            "Accuracy against work",
            "upper left",
            $"{word} multiply-adds per image",
            $"{word} multiply-adds",
            [.. published.Select(network => new CostPoint(network, network.MultiplyAdds / unit))],
            comparison.Networks.Count - published.Length
        );
    }

    /// <summary>Published accuracy against measured images a second; networks that lack one of the two are left out.</summary>
    public static Figure AccuracyAgainstSpeed(Comparison comparison)
    {
        var measured = comparison
            .Networks.Where(network => network is { Top1: not null, Inference: not null })
            .ToArray();
        var way = measured is [{ Inference: { } first }, ..] ? $" ({ComparisonViews.WayOf(first)})" : "";
        return AccuracyChart.Draw(
            "Accuracy against speed",
            "upper right",
            $"images/s on this machine{way}",
            "images/s",
            [.. measured.Select(network => new CostPoint(network, network.Inference!.Median))],
            comparison.Networks.Count(network => network is { Top1: null, Inference: not null })
        );
    }

    /// <summary>Which classes are taken for which.</summary>
    public static Figure Confusion(EvaluationResult evaluation)
    {
        var matrix = evaluation.ConfusionMatrix();
        var n = evaluation.Classes.Count;
        string[] classes = [.. evaluation.Classes];
        int[] rows = [.. Enumerable.Range(0, n)];
        var highest = rows.Max(i => rows.Max(j => matrix[i, j]));
        return new Figure
        {
            Data =
            [
                new Heatmap
                {
                    Name = "images",
                    X = classes,
                    Y = classes,
                    Z = [.. rows.Select(i => rows.Select(j => (double)matrix[i, j]).ToArray())],
                    Text = [.. rows.Select(i => rows.Select(j => Cell(matrix[i, j], highest)).ToArray())],
                    TextTemplate = n <= 24 ? "%{text}" : null,
                    TextFont = new Font { Color = Palette.Text, Size = 12 },
                    XGap = 1,
                    YGap = 1,
                    HoverTemplate = "%{y} taken for %{x}: %{z}<extra></extra>",
                },
            ],
            Layout = new Layout
            {
                Title = Title.Headline(
                    "What is taken for what",
                    $"{evaluation.Data} · rows: the true class, columns: what the network said"
                ),
                XAxis = Axis.OfNames() with { Constrain = "domain" },
                YAxis = Axis.OfNames(reversed: true) with { ScaleAnchor = "x", Constrain = "domain" },
                Width = Math.Clamp(200 + 46 * n, 600, 900),
                Height = Math.Clamp(124 + 40 * n, 360, 900),
                Margin = new Margin { T = 64 },
            },
        };
    }

    private static Figure AgainstTime(
        string what,
        IReadOnlyList<ModelSummary> summaries,
        IReadOnlyList<ThroughputResult> results,
        Func<ModelSummary, double> cost
    ) =>
        CorrelationChart.Draw(
            what,
            what.ToLowerInvariant(),
            $"{Words.Of(results[0].Mode)}, {ComparisonViews.WayOf(results[0])}",
            CorrelationChart.Timed(summaries, results, cost)
        );

    private static Figure AgainstTime(string what, Comparison comparison, Func<ComparedNetwork, double> cost)
    {
        var first = comparison.Networks.Select(network => network.Inference).OfType<ThroughputResult>().First();
        return CorrelationChart.Draw(
            what,
            what.ToLowerInvariant(),
            $"{Words.Of(first.Mode)}, {ComparisonViews.WayOf(first)}",
            CorrelationChart.Timed(comparison, cost)
        );
    }

    /// <summary>White on the cells that are strongly coloured; on the others a grey that is legible in light and dark pages.</summary>
    private static string Cell(int count, int highest) =>
        count == 0 ? ""
        : count > highest / 2 ? $"<span style=\"color:#fff\">{count}</span>"
        : $"{count}";
}
