using MathNet.Numerics.Distributions;

namespace TResNet.Interactive.Profile;

/// <summary>The mean of differences of pairs with its 95 % interval, by Student's t.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="Low">The lower end of the interval.</param>
/// <param name="High">The upper end.</param>
internal sealed record PairedDifference(double Mean, double Low, double High)
{
    private const double Tail = 0.025;

    /// <summary>Whether the interval leaves no doubt about the sign; not so where all pairs are equal.</summary>
    public bool IsDifferent => Low > 0 || High < 0;

    /// <summary>Of the pairs that both lists have; null of fewer than two.</summary>
    /// <param name="values">Values.</param>
    /// <param name="others">What is taken from each.</param>
    public static PairedDifference? Of(IReadOnlyList<double> values, IReadOnlyList<double> others)
    {
        double[] differences = [.. values.Zip(others, (value, other) => value - other)];
        if (differences.Length < 2)
        {
            return null;
        }

        var mean = differences.Average();
        var deviation = Math.Sqrt(differences.Sum(each => (each - mean) * (each - mean)) / (differences.Length - 1));
        var half = StudentT.InvCDF(0, 1, differences.Length - 1, 1 - Tail) * deviation / Math.Sqrt(differences.Length);
        return new PairedDifference(mean, mean - half, mean + half);
    }
}
