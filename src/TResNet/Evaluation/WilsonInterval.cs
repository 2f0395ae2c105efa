// E. B. Wilson, "Probable inference, the law of succession, and statistical inference" (JASA 22, 1927).

namespace TResNet.Evaluation;

/// <summary>Where a share lies that was measured on a sample, with 95 % confidence: Wilson's score interval.</summary>
/// <param name="Low">The lower end, 0 to 1.</param>
/// <param name="High">The upper end, 0 to 1.</param>
internal readonly record struct WilsonInterval(double Low, double High)
{
    // The 97.5th percentile of the normal distribution.
    private const double Z = 1.959963984540054;

    /// <summary>The interval of a share.</summary>
    /// <param name="share">The share that was measured, 0 to 1.</param>
    /// <param name="count">On how many; at least 1.</param>
    public static WilsonInterval Of(double share, int count)
    {
        var spread = Z * Z / count;
        var center = (share + spread / 2) / (1 + spread);
        var half = Z / (1 + spread) * Math.Sqrt(share * (1 - share) / count + spread / (4 * count));
        return new WilsonInterval(Math.Max(0, center - half), Math.Min(1, center + half));
    }
}
