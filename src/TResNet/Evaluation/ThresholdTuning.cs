// Which probability makes a label is chosen label by label, where F1 is highest on images held out (Z. Lipton et al., "Optimal thresholding of
// classifiers to maximize F1 measure", arXiv 1402.1892): the best of all cuts between two neighbouring probabilities.

namespace TResNet.Evaluation;

/// <summary>Chooses thresholds.</summary>
internal static class ThresholdTuning
{
    /// <summary>The thresholds at which each class has its highest F1; of equal ones that nearest to the usual, which a class without images gets too.</summary>
    /// <param name="evaluation">An evaluation of images of several labels.</param>
    public static IReadOnlyList<double> Of(EvaluationResult evaluation)
    {
        var kept =
            evaluation.Probabilities ?? throw new InvalidOperationException("The evaluation kept no probabilities.");
        return [.. Enumerable.Range(0, evaluation.Classes.Count).Select(label => Of(kept, label))];
    }

    private static double Of(ImageProbabilities kept, int label)
    {
        (double Score, bool Has)[] images =
        [
            .. kept.KnownOf(label)
                .Select(image => (kept.Of(image, label), kept.Has(image, label)))
                .OrderByDescending(image => image.Item1),
        ];
        var all = images.Count(image => image.Has);
        var (best, highest, found) = (Predictor.DefaultThreshold, 0.0, 0);
        for (var i = 0; i < images.Length; i++)
        {
            found += images[i].Has ? 1 : 0;
            var next = i + 1 < images.Length ? images[i + 1].Score : 0;
            if (next >= images[i].Score)
            {
                continue;
            }

            var (f1, cut) = (2.0 * found / (all + i + 1), Cut(next, images[i].Score));
            if (f1 > highest || (f1 == highest && f1 > 0 && Distance(cut) < Distance(best)))
            {
                (best, highest) = (cut, f1);
            }
        }

        return best;

        // The usual threshold where it does as well as any other between the two.
        static double Cut(double low, double high) =>
            low <= Predictor.DefaultThreshold && Predictor.DefaultThreshold < high
                ? Predictor.DefaultThreshold
                : (low + high) / 2;

        static double Distance(double cut) => Math.Abs(cut - Predictor.DefaultThreshold);
    }
}
