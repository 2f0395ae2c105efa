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

    /// <summary>Counts numbers of a range as this takes them: 0 is between two parts, and each part has one of the other sign.</summary>
    public static Histogram Counting(ValueRange range) => new(new ValueRange(-Most(range), Most(range)), 2 * Parts);

    /// <summary>The range; the whole one where nothing is better.</summary>
    /// <param name="histogram">What <see cref="Counting"/> gave, with the numbers.</param>
    /// <param name="range">What they lie in.</param>
    public static ValueRange Of(Histogram histogram, ValueRange range)
    {
        var magnitudes = Magnitudes(histogram.Counts);
        if (range.High <= range.Low || magnitudes.Sum() < Parts * FewestOfPart)
        {
            return range;
        }

        return Enumerable
            .Range(0, Parts / Stride)
            .Select(i => Parts - i * Stride)
            .Select(parts => (Parts: parts, Range: Within(range, Most(range) * parts / Parts)))
            .Select(each => (each.Parts, each.Range, Levels: Levels(each.Range, Most(range) * each.Parts / Parts)))
            .TakeWhile(each => each.Parts >= each.Levels)
            .MinBy(each => Divergence(magnitudes, each.Parts, each.Levels))
            .Range;
    }

    private static double Most(ValueRange range) => Math.Max(Math.Abs(range.Low), Math.Abs(range.High));

    private static ValueRange Within(ValueRange range, double limit) =>
        new(Math.Max(range.Low, -limit), Math.Min(range.High, limit));

    // How many of the steps of a range, which 0 is always in, lie between 0 and its limit.
    private static int Levels(ValueRange range, double limit) =>
        (int)Math.Round(QuantizationParameters.Steps * limit / (Math.Max(range.High, 0) - Math.Min(range.Low, 0)));

    // Without the parts beside 0: what is 0 is 0 in each range, however many there are of it.
    private static double[] Magnitudes(IReadOnlyList<double> counts) =>
        [0, .. Enumerable.Range(1, Parts - 1).Select(i => counts[Parts + i] + counts[Parts - 1 - i])];

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
