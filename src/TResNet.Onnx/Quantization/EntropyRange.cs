namespace TResNet.Onnx;

/// <summary>
/// The range whose rounded numbers are distributed most like the numbers themselves, with those beyond it moved to its border: by the divergence of Kullback and
/// Leibler of magnitudes (Migacz, 8-bit Inference with TensorRT, GTC 2017).
/// </summary>
internal static class EntropyRange
{
    private const int Parts = 2048;

    // With fewer numbers for each part their distribution is mostly chance, and a narrow range would seem to be right.
    private const int FewestOfPart = 100;

    // Candidates are so many parts apart.
    private const int Stride = 32;

    // In the place of nothing, which no share may be divided by.
    private const double Smallest = 1e-12;

    /// <summary>The range; that of the histogram where nothing is better.</summary>
    public static ValueRange Of(Histogram histogram)
    {
        var (low, high) = (histogram.Range.Low, histogram.Range.High);
        var most = Math.Max(Math.Abs(low), Math.Abs(high));
        if (high <= low || histogram.Counts.Sum() < Parts * FewestOfPart)
        {
            return histogram.Range;
        }

        var magnitudes = new double[Parts];
        for (var i = 0; i < Histogram.Bins; i++)
        {
            magnitudes[Math.Min((int)(Math.Abs(histogram.Middle(i)) / most * Parts), Parts - 1)] += histogram.Counts[i];
        }

        // What is 0 is 0 in each range, however many there are of it.
        magnitudes[0] = magnitudes[1];
        // Where there is a sign, each has half of the steps.
        var levels = Math.Min(-low, high) * QuantizedType.Steps > most ? QuantizedType.Steps / 2 : QuantizedType.Steps;
        var best = Enumerable
            .Range(0, Parts / Stride)
            .Select(i => Parts - i * Stride)
            .TakeWhile(parts => parts >= levels)
            .MinBy(parts => Divergence(magnitudes, parts, levels));
        var limit = most * best / Parts;
        return new ValueRange(Math.Max(low, -limit), Math.Min(high, limit));
    }

    // Of the first parts, to the last of which those beyond are added, from what is left of them in so many levels.
    private static double Divergence(double[] magnitudes, int parts, int levels)
    {
        var kept = magnitudes[..parts];
        var rounded = new double[parts];
        for (var level = 0; level < levels; level++)
        {
            var (from, to) = (level * parts / levels, (level + 1) * parts / levels);
            var sum = kept[from..to].Sum();
            var filled = kept[from..to].Count(count => count > 0);
            for (var i = from; i < to; i++)
            {
                rounded[i] = kept[i] > 0 ? sum / filled : 0;
            }
        }

        kept[^1] += magnitudes[parts..].Sum();
        var (all, left) = (kept.Sum(), rounded.Sum());
        return left == 0
            ? double.PositiveInfinity
            : kept.Zip(rounded)
                .Where(pair => pair.First > 0)
                .Sum(pair => pair.First / all * Math.Log(pair.First / all / Math.Max(pair.Second / left, Smallest)));
    }
}
