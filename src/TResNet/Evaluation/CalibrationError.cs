// C. Guo et al., "On calibration of modern neural networks" (arXiv 1706.04599), section 2, with its 15 bins.

namespace TResNet.Evaluation;

/// <summary>How far a network's confidence is from how often it is right.</summary>
internal static class CalibrationError
{
    private const int Bins = 15;

    /// <summary>
    /// The expected calibration error: answers in bins of equal width by their confidence, (0, 1/15] to (14/15, 1]; the mean over bins of the distance
    /// between their mean confidence and their accuracy, weighted by their answers.
    /// </summary>
    /// <returns>0 to 1; NaN of no answers.</returns>
    public static double Of(IReadOnlyList<Prediction> predictions)
    {
        var (confidence, right) = (new double[Bins], new double[Bins]);
        foreach (var prediction in predictions)
        {
            var bin = Math.Clamp((int)Math.Ceiling(prediction.Confidence * Bins) - 1, 0, Bins - 1);
            confidence[bin] += prediction.Confidence;
            right[bin] += prediction.Correct ? 1 : 0;
        }

        return confidence.Zip(right, (sure, rightly) => Math.Abs(sure - rightly)).Sum() / predictions.Count;
    }
}
