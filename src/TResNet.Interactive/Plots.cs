using TResNet.Charts;
using TResNet.Evaluation;
using TResNet.Interactive.Compare;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Train;
using TResNet.Interactive.Validate;
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

    /// <summary>Time for an image against its multiply-adds, with their correlation: FLOPs are not speed.</summary>
    /// <param name="summaries">The networks counted.</param>
    /// <param name="results">The same networks measured; of several modes, the first one's results are drawn.</param>
    public static Figure MultiplyAddsAgainstTime(
        IReadOnlyList<ModelSummary> summaries,
        IReadOnlyList<ThroughputResult> results
    ) => CorrelationChart.AgainstTime("Multiply-adds", summaries, results, summary => summary.MultiplyAdds);

    /// <summary>Time for an image against the outputs of its convolutions, with their correlation: the better guide (arXiv 2003.13678).</summary>
    /// <param name="summaries">The networks counted.</param>
    /// <param name="results">The same networks measured; of several modes, the first one's results are drawn.</param>
    public static Figure ActivationsAgainstTime(
        IReadOnlyList<ModelSummary> summaries,
        IReadOnlyList<ThroughputResult> results
    ) => CorrelationChart.AgainstTime("Activations", summaries, results, summary => summary.Activations);

    /// <summary>Time for an image against its multiply-adds; networks that were not measured are left out.</summary>
    public static Figure MultiplyAddsAgainstTime(Comparison comparison) =>
        ComparisonViews.AgainstTime("Multiply-adds", comparison, network => network.MultiplyAdds);

    /// <summary>Time for an image against the outputs of its convolutions; networks that were not measured are left out.</summary>
    public static Figure ActivationsAgainstTime(Comparison comparison) =>
        ComparisonViews.AgainstTime("Activations", comparison, network => network.Activations);

    /// <summary>Published accuracy against multiply-adds; networks without a published accuracy are left out.</summary>
    public static Figure AccuracyAgainstWork(Comparison comparison) => AccuracyChart.AgainstWork(comparison);

    /// <summary>Published accuracy against measured images a second; networks that lack one of the two are left out.</summary>
    public static Figure AccuracyAgainstSpeed(Comparison comparison) => AccuracyChart.AgainstSpeed(comparison);

    /// <summary>Which classes are taken for which.</summary>
    public static Figure Confusion(EvaluationResult evaluation) => ConfusionChart.Draw(evaluation);
}
