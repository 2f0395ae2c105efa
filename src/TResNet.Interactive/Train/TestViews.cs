using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>What came out on images that decided nothing.</summary>
internal static class TestViews
{
    /// <summary>Why the best of several epochs is too good, and what is not.</summary>
    public const string BestOfSeveral =
        "Best is the best of all epochs on the images that it is measured on, so it flatters: images that decided nothing (--test-data, or a folder test beside train and val) say more.";

    /// <param name="run">The run.</param>
    /// <param name="tested">The evaluation.</param>
    public static View Of(TrainingRun run, EvaluationResult tested)
    {
        var metric = run.EvalMetric;
        var interval =
            metric == EvalMetric.Top1
            && !tested.MultiLabel
            && tested.Predictions.Count > 0
            && WilsonInterval.Of(tested.Top1, tested.Predictions.Count) is var wilson
                ? $" (95 % interval {DisplayText.Percent(wilson.Low)} to {DisplayText.Percent(wilson.High)})"
                : "";
        var weights = run.BestCheckpoint is null
            ? "The network as it is after the last epoch, since no run folder keeps the best one"
            : $"The best weights, of epoch {run.Best!.Epoch}";
        return new View
        {
            Title = tested.Data,
            Subtitle =
                $"{MetricText.Name(metric)} {MetricText.Value(metric, metric.Of(tested))}{interval} of {tested.Images:N0} images",
            Parts = [$"{weights}, on images that decided nothing: a number nobody chose by."],
        };
    }
}
