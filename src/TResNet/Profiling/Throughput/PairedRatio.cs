using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace TResNet.Profiling.Throughput;

/// <summary>How many times as fast one network is as another, by rounds that were timed in turns.</summary>
/// <param name="Value">The median over the turns of the one's rate over the other's.</param>
/// <param name="Lower">The lower end of the 95 % interval.</param>
/// <param name="Upper">Its upper end.</param>
/// <param name="Drift">
/// What the machine alone made of it: by how much the first network's rounds at the end of the turns differ from its own, the faster over the slower less 1.
/// </param>
/// <param name="Turns">How many turns there were.</param>
internal sealed record PairedRatio(double Value, double Lower, double Upper, double Drift, int Turns)
{
    // Of fewer, not even rounds that all point the same way tell two networks apart at 95 %: 2 / 2^5 is 6 %.
    public const int FewestTurns = 6;
    private const int Resamples = 2000;
    private const double Tail = 0.025;

    /// <summary>Whether there were turns enough to judge by.</summary>
    public bool IsJudged => Turns >= FewestTurns;

    /// <summary>Whether the interval is on one side of 1.</summary>
    public bool IsOneSided => Lower > 1 || Upper < 1;

    /// <summary>
    /// Whether they can be told apart: there were 6 turns at least, the interval is on one side of 1, and the difference is larger than what the machine
    /// alone made.
    /// </summary>
    public bool IsDifferent => IsJudged && IsOneSided && Math.Max(Value, 1 / Value) - 1 > Drift;

    /// <summary>Compares two measurements; null where they were not timed in turns with each other.</summary>
    public static PairedRatio? Of(ThroughputResult result, ThroughputResult other)
    {
        foreach (var turns in result.Turns)
        {
            if (other.Turns.FirstOrDefault(each => each.Id == turns.Id) is { } same && turns != same)
            {
                var again = turns.Again.Count > 0 ? turns : same;
                return Of(turns.Rounds, same.Rounds, again.Rounds, again.Again);
            }
        }

        return null;
    }

    /// <summary>
    /// By how much a network's rounds at the end of the turns were faster than its own at their beginning, as a share; null of one that was not timed twice.
    /// </summary>
    public static double? Moved(ThroughputResult result) =>
        result.Turns.FirstOrDefault(turns => turns.Again.Count > 0) is { } twice
        && Moved(twice.Rounds, twice.Again) is { } moved
            ? Math.Exp(moved) - 1
            : null;

    /// <summary>
    /// Compares rounds: the percentile bootstrap of the median of the pairs' ratios, with tails as wide as few pairs ask for (Hesterberg, What Teachers
    /// Should Know About the Bootstrap, 2015, section 3.4: the expanded percentile interval).
    /// </summary>
    /// <param name="rounds">Images a second of the one, a round for each turn.</param>
    /// <param name="others">Those of the other.</param>
    /// <param name="first">Those of the network that is timed twice a turn; may be empty.</param>
    /// <param name="again">Its second ones.</param>
    /// <returns>Null where there is no pair.</returns>
    internal static PairedRatio? Of(
        IReadOnlyList<double> rounds,
        IReadOnlyList<double> others,
        IReadOnlyList<double> first,
        IReadOnlyList<double> again
    )
    {
        var ratios = Logarithms(rounds, others);
        if (ratios.Length == 0)
        {
            return null;
        }

        var drift = Math.Exp(Math.Abs(Moved(first, again) ?? 0)) - 1;
        var (lower, upper) = Interval(ratios);
        return new PairedRatio(Math.Exp(Median(ratios)), Math.Exp(lower), Math.Exp(upper), drift, ratios.Length);
    }

    private static double? Moved(IReadOnlyList<double> first, IReadOnlyList<double> again) =>
        Logarithms(again, first) is { Length: > 0 } moved ? Median(moved) : null;

    private static double[] Logarithms(IReadOnlyList<double> rounds, IReadOnlyList<double> others) =>
        [.. rounds.Zip(others, (one, other) => Math.Log(one / other))];

    private static (double Lower, double Upper) Interval(double[] values)
    {
        if (values.Length == 1)
        {
            return (values[0], values[0]);
        }

        // The same table shows the same numbers each time it is drawn.
        var random = new Random(values.Length);
        var drawn = new double[values.Length];
        var medians = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
        {
            for (var j = 0; j < drawn.Length; j++)
            {
                drawn[j] = values[random.Next(values.Length)];
            }

            medians[i] = Median(drawn);
        }

        Array.Sort(medians);
        var tail = ExpandedTail(values.Length);
        var below = (int)Math.Floor(tail * Resamples);
        return (medians[below], medians[Resamples - 1 - below]);
    }

    /// <summary>The tail to cut off, of a distribution narrower by <c>sqrt((n - 1) / n)</c> and with Student's quantile in the place of the normal one.</summary>
    internal static double ExpandedTail(int count) =>
        Normal.CDF(0, 1, -Math.Sqrt(count / (count - 1.0)) * StudentT.InvCDF(0, 1, count - 1, 1 - Tail));

    private static double Median(double[] values) => ArrayStatistics.MedianInplace([.. values]);
}
