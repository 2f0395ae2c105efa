using TResNet.Evaluation;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Tables;

/// <summary>How metrics and their values are written in tables, charts and progress lines: everywhere the same.</summary>
internal static class MetricText
{
    public static string Name(EvalMetric metric) =>
        metric switch
        {
            EvalMetric.Top1 => "top-1",
            EvalMetric.Top5 => "top-5",
            EvalMetric.MacroF1 => "macro F1",
            EvalMetric.MicroF1 => "micro F1",
            EvalMetric.BalancedAccuracy => "balanced accuracy",
            _ => metric.Word(),
        };

    public static string Value(EvalMetric metric, double value) =>
        !double.IsFinite(value) ? "–"
        : metric == EvalMetric.Loss ? DisplayText.Loss(value)
        : DisplayText.Percent(value);

    /// <summary>What is shown beside the losses of a run: what decides which epoch is best, or top-1 where that is the loss.</summary>
    public static EvalMetric Shown(IReadOnlyList<EpochResult> epochs, TrainingOptions? options = null)
    {
        var metric = epochs is [var first, ..] ? first.EvalMetric : options?.EvalMetric ?? EvalMetric.Top1;
        return metric == EvalMetric.Loss ? EvalMetric.Top1 : metric;
    }

    /// <summary>The value of what is shown beside the losses.</summary>
    public static double Shown(EpochResult epoch) => epoch.EvalMetric == EvalMetric.Loss ? epoch.Top1 : epoch.Value;
}
