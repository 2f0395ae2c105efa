using TResNet.Data.Loading;

namespace TResNet.Evaluation;

/// <summary>What the metrics are called, and what they are of an evaluation.</summary>
internal static class EvalMetrics
{
    private const int Five = 5;

    /// <summary>The metric that training goes by where nothing was asked for.</summary>
    public static EvalMetric Default(bool isMultiLabel) =>
        isMultiLabel ? EvalMetric.MeanAveragePrecision : EvalMetric.Top1;

    /// <summary>The word of a command line, as timm and scikit-learn write it.</summary>
    public static string Word(this EvalMetric metric) =>
        metric switch
        {
            EvalMetric.Top1 => "top1",
            EvalMetric.Top5 => "top5",
            EvalMetric.Loss => "loss",
            EvalMetric.MeanAveragePrecision => "mAP",
            EvalMetric.MacroF1 => "macro-f1",
            EvalMetric.MicroF1 => "micro-f1",
            _ => "balanced-accuracy",
        };

    /// <summary>The name of a column in a log.</summary>
    public static string Column(this EvalMetric metric) => metric.Word().Replace('-', '_');

    /// <summary>The value of a metric.</summary>
    /// <param name="metric">The metric; one that <see cref="Require"/> lets pass.</param>
    /// <param name="evaluation">The evaluation, with probabilities where <see cref="NeedsProbabilities"/>.</param>
    /// <returns>0 to 1, or the loss; NaN where there is none, of no image with a label.</returns>
    public static double Of(this EvalMetric metric, EvaluationResult evaluation) =>
        metric switch
        {
            EvalMetric.Top1 => evaluation.Top1,
            EvalMetric.Top5 => evaluation.Top5,
            EvalMetric.Loss => evaluation.Loss,
            EvalMetric.MeanAveragePrecision => evaluation.MeanAveragePrecision
                ?? throw new InvalidOperationException("The evaluation kept no probabilities."),
            EvalMetric.MacroF1 => evaluation.Report().Macro.F1,
            EvalMetric.MicroF1 => evaluation.Report().Micro.F1,
            _ => evaluation.Report().BalancedAccuracy,
        };

    /// <summary>Whether a metric asks for all probabilities of each image, and not for the answer alone.</summary>
    public static bool NeedsProbabilities(this EvalMetric metric) => metric == EvalMetric.MeanAveragePrecision;

    /// <summary>Whether less of it is better.</summary>
    public static bool LessIsBetter(this EvalMetric metric) => metric == EvalMetric.Loss;

    /// <summary>Whether one evaluation is better than another of the same images: by the metric, of equals by the lower loss.</summary>
    public static bool IsBetter(this EvalMetric metric, EvaluationResult one, EvaluationResult other) =>
        metric.IsBetter((metric.Of(one), one.Loss), (metric.Of(other), other.Loss));

    /// <summary>The same of what evaluations gave.</summary>
    public static bool IsBetter(
        this EvalMetric metric,
        (double Value, double Loss) one,
        (double Value, double Loss) other
    )
    {
        var (own, others) = (metric.Rank(one.Value), metric.Rank(other.Value));
        return own != others ? own > others : Defined(-one.Loss) > Defined(-other.Loss);
    }

    private static double Rank(this EvalMetric metric, double value) => Defined(metric.LessIsBetter() ? -value : value);

    // What is no number is worse than any.
    private static double Defined(double value) => double.IsNaN(value) ? double.NegativeInfinity : value;

    /// <summary>Refuses a metric that says nothing of some images, before anything is computed.</summary>
    /// <exception cref="TResNetException">It does not.</exception>
    public static void Require(this EvalMetric metric, ImageDataset data)
    {
        var instead = Default(data.IsMultiLabel).Word();
        if (metric == EvalMetric.Top5 && data.Classes.Count <= Five)
        {
            throw new TResNetException(
                $"The metric top5 is 100 % whatever a network says of the {data.Classes.Count} classes of {data.Name}; take {instead}."
            );
        }

        if (data.IsMultiLabel && metric == EvalMetric.BalancedAccuracy)
        {
            throw new TResNetException(
                $"The metric {metric.Word()} is for images of one class, and those of {data.Name} may have several; take {instead} or macro-f1."
            );
        }

        if (
            data.IsMultiLabel
            && metric != EvalMetric.Loss
            && !Enumerable.Range(0, data.Count).Any(image => data.LabelsOf(image).Length > 0)
        )
        {
            throw new TResNetException(
                $"Not one image of {data.Name} has a label, so there is no {metric.Word()}; add images that have, or take the metric loss."
            );
        }
    }
}
