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
/// <param name="RatioAtLeast">Ours / theirs is to be at least this, where higher is better; null where there is no such promise.</param>
/// <param name="Reached">The share of the machine's ceiling that our median reaches.</param>
internal sealed record Comparison(
    string Name,
    string Unit,
    IReadOnlyList<double> Ours,
    IReadOnlyList<double> Theirs,
    string? Peer,
    double? Limit = null,
    double? RatioLimit = null,
    double? RatioAtLeast = null,
    double? Reached = null
)
{
    public double OurMedian => Median(Ours);

    public double? TheirMedian => Theirs.Count == 0 ? null : Median(Theirs);

    /// <summary>The median of the rounds' ratios, ours / theirs.</summary>
    public double? Ratio => Theirs.Count == 0 ? null : Median(Ratios);

    /// <summary>Ours / theirs of each round.</summary>
    public IReadOnlyList<double> Ratios => [.. Ours.Zip(Theirs, (o, t) => o / t)];

    /// <summary>The promise in words; null where there is none.</summary>
    public string? Promise =>
        (Limit, RatioLimit, RatioAtLeast) switch
        {
            (null, null, null) => null,
            (null, null, { } least) => Format($"at least {least:0.00} times the peer"),
            ({ } limit, null, _) => Format($"at most {limit} {Unit}"),
            (null, { } most, _) => Format($"at most {most:0.00} times the peer"),
            ({ } limit, { } most, _) => Format($"at most {limit} {Unit}, or {most:0.00} times the peer"),
        };

    /// <summary>Whether the promise is kept; true where there is none.</summary>
    public bool Met => Promise is null || OurMedian <= Limit || Ratio <= RatioLimit || Ratio >= RatioAtLeast;

    /// <summary>A row of the Markdown table.</summary>
    public string ToRow() =>
        Format(
            $"| {Name} | {Unit} | {Spread(Ours)} | {(Theirs.Count == 0 ? "-" : Spread(Theirs))} | {(Reached is { } share ? $"{share:0%}" : "-")} | {(Theirs.Count == 0 ? "-" : Spread(Ratios))} | {(Promise is null ? "-" : $"{Promise}: {(Met ? "met" : "**missed**")}")} |"
        );

    internal static double Median(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static string Spread(IReadOnlyList<double> values) =>
        values.Count == 1
            ? Figure(values[0])
            : $"{Figure(Median(values))} ({Figure(values.Min())} to {Figure(values.Max())})";

    // Three decimals of small figures, so that a ratio just beyond its limit shows that it is.
    private static string Figure(double value) =>
        value.ToString(Math.Abs(value) < 10 ? "0.000" : "0.0", CultureInfo.InvariantCulture);

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
