namespace TResNet.Evaluation;

/// <summary>What decides which epoch of a training is its best, and what an evaluation is summed up by; the names of timm's <c>--eval-metric</c> and scikit-learn.</summary>
public enum EvalMetric
{
    /// <summary>The share of images classified rightly; where an image has several classes, any of them is right.</summary>
    Top1,

    /// <summary>The share of images whose right class is among the five likeliest.</summary>
    Top5,

    /// <summary>The mean loss, <see cref="EvaluationResult.Loss"/>: the only one of which less is better.</summary>
    Loss,

    /// <summary>The mean over classes of their average precision, mAP; the default where an image may have several classes.</summary>
    MeanAveragePrecision,

    /// <summary>The mean over classes of F1.</summary>
    MacroF1,

    /// <summary>F1 of all answers together; with one class an image the same as <see cref="Top1"/>.</summary>
    MicroF1,

    /// <summary>The mean over classes of the share of their images that is found; for one class an image.</summary>
    BalancedAccuracy,
}
