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
    public static double Of(IReadOnlyList<Prediction> predictions) =>
        BinsOf(predictions).Sum(bin => Math.Abs(bin.Confidence - bin.Right)) / predictions.Count;

    /// <summary>The bins, from the least sure answers to the surest.</summary>
    public static IReadOnlyList<ReliabilityBin> BinsOf(IReadOnlyList<Prediction> predictions)
    {
        var (confidence, right, count) = (new double[Bins], new int[Bins], new int[Bins]);
        foreach (var prediction in predictions)
        {
            var bin = Math.Clamp((int)Math.Ceiling(prediction.Confidence * Bins) - 1, 0, Bins - 1);
            confidence[bin] += prediction.Confidence;
            right[bin] += prediction.Correct ? 1 : 0;
            count[bin]++;
        }

        return
        [
            .. Enumerable
                .Range(0, Bins)
                .Select(bin => new ReliabilityBin(
                    bin / (double)Bins,
                    (bin + 1) / (double)Bins,
                    count[bin],
                    confidence[bin],
                    right[bin]
                )),
        ];
    }
}

/// <summary>Answers of about one confidence.</summary>
/// <param name="Low">The confidence that all are above.</param>
/// <param name="High">The highest confidence.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Confidence">The sum of their confidences.</param>
/// <param name="Right">How many are right.</param>
internal readonly record struct ReliabilityBin(double Low, double High, int Count, double Confidence, int Right);
