using System.Globalization;

namespace TResNet.Benchmarks;

/// <summary>A figure of ours beside the peer's, measured in one run.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Unit">In what.</param>
/// <param name="Ours">Our rounds.</param>
/// <param name="Theirs">The peer's rounds, in turn with ours; empty where there is no peer.</param>
/// <param name="Peer">The peer and its version.</param>
/// <param name="Limit">Our median is to be at most this on a free machine; null where there is no such promise.</param>
/// <param name="RatioLimit">The same promise as ours / theirs, which holds on a busy machine too.</param>
internal sealed record Comparison(
    string Name,
    string Unit,
    IReadOnlyList<double> Ours,
    IReadOnlyList<double> Theirs,
    string? Peer,
    double? Limit = null,
    double? RatioLimit = null
)
{
    public double OurMedian => Median(Ours);

    public double? TheirMedian => Theirs.Count == 0 ? null : Median(Theirs);

    /// <summary>The median of the rounds' ratios, ours / theirs.</summary>
    public double? Ratio => Theirs.Count == 0 ? null : Median([.. Ours.Zip(Theirs, (o, t) => o / t)]);

    public bool Met => (Limit is null && RatioLimit is null) || OurMedian <= Limit || Ratio <= RatioLimit;

    /// <summary>A row of the Markdown table.</summary>
    public string ToRow() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"| {Name} | {Unit} | {Spread(Ours)} | {(Theirs.Count == 0 ? "-" : Spread(Theirs))} | {(Ratio is { } r ? r.ToString("0.00", CultureInfo.InvariantCulture) : "-")} | {Promise()} |"
        );

    private string Promise() =>
        Limit is null && RatioLimit is null
            ? "-"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"at most {string.Join(", or ", Limits())}: {(Met ? "met" : "missed")}"
            );

    private IEnumerable<string> Limits()
    {
        if (Limit is { } limit)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{limit} {Unit}");
        }

        if (RatioLimit is { } ratio)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} times the peer");
        }
    }

    private static string Spread(IReadOnlyList<double> values) =>
        values.Count == 1
            ? Figure(values[0])
            : $"{Figure(Median(values))} ({Figure(values.Min())} to {Figure(values.Max())})";

    private static string Figure(double value) =>
        value.ToString(Math.Abs(value) < 10 ? "0.000" : "0.0", CultureInfo.InvariantCulture);

    private static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
