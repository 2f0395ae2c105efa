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

    /// <summary>Published accuracy against multiply-adds; networks without a published accuracy are left out.</summary>
    public static Figure AccuracyAgainstWork(Comparison comparison) => AccuracyChart.AgainstWork(comparison);

    /// <summary>Published accuracy against measured images a second; networks that lack one of the two are left out.</summary>
    public static Figure AccuracyAgainstSpeed(Comparison comparison) => AccuracyChart.AgainstSpeed(comparison);

    /// <summary>Which classes are taken for which.</summary>
    public static Figure Confusion(EvaluationResult evaluation) => ConfusionChart.Draw(evaluation);
}
