using TResNet.Charts;
using TResNet.Evaluation;
using TResNet.Interactive.Compare;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Published;
using TResNet.Interactive.Tables;
using TResNet.Interactive.Train;
using TResNet.Interactive.Validate;
using TResNet.Profiling.Ablation;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Training;

namespace TResNet.Interactive;

/// <summary>The charts of this project, for cells that want one alone.</summary>
public static class Plots
{
    /// <summary>Loss, top-1 and learning rate over a run.</summary>
    public static Figure Training(TrainingRun run) => TrainingCurve.Of(run);

    /// <summary>What <see cref="Training"/> draws: <c>run.Plot()</c>.</summary>
    public static Figure Plot(this TrainingRun run) => Training(run);

    /// <summary>The loss of a run alone: of each step, averaged, and on validation images.</summary>
    public static Figure Loss(TrainingRun run) => TrainingCurve.Panel(Training(run), 1);

    /// <summary>The top-1 on validation images of a run alone.</summary>
    public static Figure Accuracy(TrainingRun run) => TrainingCurve.Panel(Training(run), 2);

    /// <summary>The learning rate of a run alone.</summary>
    public static Figure LearningRate(TrainingRun run) => TrainingCurve.Panel(Training(run), 3);

    /// <summary>Images a second of one or several networks: the median, with a line from the slowest to the fastest round.</summary>
    public static Figure Throughput(params IReadOnlyList<ThroughputResult> results) => ThroughputChart.Draw(results);

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

    /// <summary>
    /// Time for an image against a count of the network, with their correlation: multiply-adds are not speed, activations are the better guide
    /// (arXiv 2003.13678, section 4).
    /// </summary>
    /// <param name="profile">Networks counted and measured; of several modes, the first one's results are drawn.</param>
    /// <param name="cost">What is counted.</param>
    public static Figure AgainstTime(ProfileResult profile, ModelCost cost = ModelCost.MultiplyAdds) =>
        CorrelationChart.AgainstTime(cost, profile.Summaries, profile.Throughputs);

    /// <inheritdoc cref="AgainstTime(ProfileResult, ModelCost)"/>
    /// <param name="comparison">Networks of which those that were not measured are left out.</param>
    /// <param name="cost">What is counted.</param>
    public static Figure AgainstTime(Comparison comparison, ModelCost cost = ModelCost.MultiplyAdds) =>
        ComparisonViews.AgainstTime(cost, comparison);

    /// <inheritdoc cref="AgainstTime(ProfileResult, ModelCost)"/>
    /// <param name="table">Published speeds and counts: <c>Paper.Table("rtx3090-inference")</c>.</param>
    /// <param name="cost">What is counted.</param>
    /// <exception cref="TResNetException">The table lacks one of the two.</exception>
    public static Figure AgainstTime(PaperTable table, ModelCost cost = ModelCost.MultiplyAdds) =>
        PaperChart.AgainstTime(table, cost);

    /// <summary>Published accuracy against multiply-adds; networks without a published accuracy are left out.</summary>
    public static Figure AccuracyAgainstWork(Comparison comparison) => AccuracyChart.AgainstWork(comparison);

    /// <summary>Published accuracy against measured images a second; networks that lack one of the two are left out.</summary>
    public static Figure AccuracyAgainstSpeed(Comparison comparison) => AccuracyChart.AgainstSpeed(comparison);

    /// <summary>Which classes are taken for which.</summary>
    public static Figure Confusion(EvaluationResult evaluation) => ConfusionChart.Draw(evaluation);

    /// <summary>Published accuracy over published images a second.</summary>
    /// <param name="table">A table of both, such as <c>Paper.Table("figure4")</c>.</param>
    /// <param name="mode">Whose speed.</param>
    /// <exception cref="TResNetException">The table lacks one of the two.</exception>
    public static Figure AccuracyAgainstSpeed(PaperTable table, ThroughputMode mode = ThroughputMode.Inference) =>
        PaperChart.Accuracy(table, mode);

    /// <summary>Published accuracy over images a second as <c>tresnet-paper</c> measured them here.</summary>
    /// <param name="measurement">What it left.</param>
    /// <param name="mode">Whose speed.</param>
    /// <exception cref="TResNetException">Nothing was measured in the mode, or the table has no accuracies.</exception>
    public static Figure AccuracyAgainstSpeed(
        PaperMeasurement measurement,
        ThroughputMode mode = ThroughputMode.Inference
    ) => PaperChart.Accuracy(measurement, mode);

    /// <summary>Named numbers as bars.</summary>
    /// <param name="title">What they show, as a sentence.</param>
    /// <param name="unit">What is counted, with its unit.</param>
    /// <param name="bars">Names and values; at least one.</param>
    /// <param name="subtitle">How they came about; nothing when null.</param>
    /// <exception cref="TResNetException">There are none, or one is below 0 or not a number.</exception>
    public static Figure Bars(
        string title,
        string unit,
        IEnumerable<(string Name, double Value)> bars,
        string? subtitle = null
    )
    {
        var all = Numbers(bars.ToArray(), bar => [bar.Value]);
        return PlainCharts.Bars(
            title,
            unit,
            subtitle,
            [.. all.Select(bar => bar.Name)],
            [(null, [.. all.Select(bar => bar.Value)])]
        );
    }

    /// <summary>Two numbers for each name, as bars side by side.</summary>
    /// <param name="title">What they show, as a sentence.</param>
    /// <param name="unit">What is counted, with its unit.</param>
    /// <param name="series">What the first and what the second numbers are.</param>
    /// <param name="bars">Names and values; at least one.</param>
    /// <param name="subtitle">How they came about; nothing when null.</param>
    /// <exception cref="TResNetException">There are none, or one is below 0 or not a number.</exception>
    public static Figure Bars(
        string title,
        string unit,
        (string First, string Second) series,
        IEnumerable<(string Name, double First, double Second)> bars,
        string? subtitle = null
    )
    {
        var all = Numbers(bars.ToArray(), bar => [bar.First, bar.Second]);
        return PlainCharts.Bars(
            title,
            unit,
            subtitle,
            [.. all.Select(bar => bar.Name)],
            [(series.First, [.. all.Select(bar => bar.First)]), (series.Second, [.. all.Select(bar => bar.Second)])]
        );
    }

    /// <summary>Lines through points.</summary>
    /// <param name="title">What they show, as a sentence.</param>
    /// <param name="x">What is along x, with its unit.</param>
    /// <param name="y">What is along y, with its unit.</param>
    /// <param name="lines">Names with as many numbers along x as along y; at least one.</param>
    /// <param name="subtitle">How they came about; nothing when null.</param>
    /// <param name="log">Whether both axes are logarithmic, for numbers above 0.</param>
    /// <exception cref="TResNetException">
    /// There are none, the numbers are not as many, one is not finite, or one is not above 0 on a logarithmic axis.
    /// </exception>
    public static Figure Lines(
        string title,
        string x,
        string y,
        IEnumerable<(string Name, double[] X, double[] Y)> lines,
        string? subtitle = null,
        bool log = false
    )
    {
        var all = Numbers(
            lines.ToArray(),
            line => line.X.Length == line.Y.Length && line.X.Length > 0 ? [.. line.X, .. line.Y] : [double.NaN],
            log ? double.Epsilon : double.MinValue,
            line => $"The line '{line.Name}'"
        );
        return PlainCharts.Lines(title, x, y, subtitle, log, all);
    }

    /// <summary>Named points.</summary>
    /// <param name="title">What they show, as a sentence.</param>
    /// <param name="x">What is along x, with its unit.</param>
    /// <param name="y">What is along y, with its unit.</param>
    /// <param name="points">Names and places; at least one.</param>
    /// <param name="subtitle">How they came about; nothing when null.</param>
    /// <param name="log">Whether both axes are logarithmic, for numbers above 0.</param>
    /// <exception cref="TResNetException">There are none, one is not a number, or one is not above 0 on a logarithmic axis.</exception>
    public static Figure Points(
        string title,
        string x,
        string y,
        IEnumerable<(string Name, double X, double Y)> points,
        string? subtitle = null,
        bool log = false
    )
    {
        var all = Numbers(points.ToArray(), point => [point.X, point.Y], log ? double.Epsilon : double.MinValue);
        return PlainCharts.Points(
            title,
            x,
            y,
            subtitle,
            log,
            [.. all.Select(point => (point.Name, point.X, point.Y, (string?)null))]
        );
    }

    private static T[] Numbers<T>(T[] all, Func<T, double[]> values, double least = 0, Func<T, string>? name = null)
    {
        string Named(T each) => name is null ? $"{each}" : name(each);
        bool IsDrawn(T each) => values(each).All(value => double.IsFinite(value) && value >= least);
        var range =
            least == 0 ? " and not below 0"
            : least > 0 ? " and above 0"
            : "";
        return all.Length == 0 ? throw new TResNetException("There is nothing to draw: name at least one.")
            : all.All(IsDrawn) ? all
            : throw new TResNetException(
                $"{Named(all.First(each => !IsDrawn(each)))} cannot be drawn: its numbers have to be finite{range}{(name is null ? "" : ", as many along x as along y")}."
            );
    }
}
