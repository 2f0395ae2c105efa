using TResNet.Charts;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Tables;

/// <summary>How many times as fast, with its interval, and a word where two cannot be told apart.</summary>
internal static class RatioText
{
    private const string Alike = "≈ 1";
    private const string Unclear = "unclear";

    // What is less does not show in a percentage with one digit behind the point.
    private const double LeastSaid = 0.0005;

    /// <summary>The ratio with its 95 % interval below.</summary>
    public static Cell Cell(PairedRatio ratio) =>
        new(Text(ratio))
        {
            Number = ratio.Value,
            Aside = ratio.IsJudged ? Interval(ratio) : TooFew(ratio),
            Hint =
                $"{DisplayText.Times(ratio.Value)}, {Interval(ratio)} with 95 % confidence, over {ratio.Turns} turns",
        };

    /// <summary>Whether there are networks that were timed in turns with the first.</summary>
    public static bool AreCompared(IReadOnlyList<ThroughputResult> results) =>
        results.Any(result => Pair(result, results) is not null);

    /// <summary>A network's rate of that of the first in its mode: 1 of the first itself.</summary>
    public static Cell OfFirst(ThroughputResult result, IReadOnlyList<ThroughputResult> results) =>
        FirstOf(result, results) == result ? new Cell("1") { Number = 1 }
        : Pair(result, results) is { } ratio ? Cell(ratio)
        : Tables.Cell.Unknown;

    /// <summary>The same in few letters, to stand below a rate; nothing of the first, and of what was timed apart from it.</summary>
    public static string? Beside(ThroughputResult result, IReadOnlyList<ThroughputResult> results) =>
        Pair(result, results) is { } ratio
            ? $"{Text(ratio)}, {(ratio.IsJudged ? Interval(ratio) : TooFew(ratio))}"
            : null;

    /// <summary>What the ratios mean, and what the machine did meanwhile.</summary>
    /// <param name="results">What was timed.</param>
    /// <param name="speedUps">Whether there are ratios to other networks too.</param>
    /// <param name="ofFirst">Whether the ratios that are shown are those to the first.</param>
    public static IEnumerable<string> Notes(
        IReadOnlyList<ThroughputResult> results,
        bool speedUps = false,
        bool ofFirst = true
    )
    {
        PairedRatio[] ratios = [.. results.Select(result => Pair(result, results)).OfType<PairedRatio>()];
        if (ratios.Length == 0 && !speedUps)
        {
            yield break;
        }

        var turns = ratios.Length > 0 ? ratios.Min(ratio => ratio.Turns) : results.Min(result => result.Rounds.Count);
        yield return $"Timed in {(turns == 1 ? "one turn" : $"{turns} turns")}, a round of each at a time; ratios are medians over the turns, with their 95 % intervals{(ofFirst ? $"; {Alike}: cannot be told apart" : "")}"
            + (turns < PairedRatio.FewestTurns ? $"; fewer than {PairedRatio.FewestTurns} turns prove nothing" : "")
            + ".";
        foreach (var result in results.DistinctBy(result => (result.Model, result.Mode)))
        {
            if (PairedRatio.Moved(result) is { } moved && Math.Abs(moved) >= LeastSaid)
            {
                yield return $"{result.Model}, timed once more at the end of each turn ({DisplayText.Of(result.Mode)}), was {DisplayText.Percent(Math.Abs(moved))} {(moved > 0 ? "faster" : "slower")}: no difference smaller than that is claimed{(ofFirst && ratios.Any(ratio => ratio is { IsJudged: true, IsDifferent: false, IsOneSided: true }) ? $" ({Unclear})" : "")}.";
            }
        }
    }

    /// <summary>Two networks in a sentence.</summary>
    public static string Sentence(string model, string other, string where, PairedRatio ratio) =>
        !ratio.IsJudged
            ? $"{model} was {DisplayText.Times(ratio.Value)} as fast as {other} {where}, over {TooFew(ratio)}: fewer than {PairedRatio.FewestTurns} prove nothing."
        : ratio.IsDifferent
            ? $"{model} is {DisplayText.Times(ratio.Value)} ({Interval(ratio)}) as fast as {other} {where}."
        : $"{model} and {other} cannot be told apart {where}: {DisplayText.Times(ratio.Value)} ({Interval(ratio)}).";

    /// <summary>The 95 % interval: <c>1.49–1.55</c>.</summary>
    public static string Interval(PairedRatio ratio) => $"{Number(ratio.Lower)}–{Number(ratio.Upper)}";

    private static string Text(PairedRatio ratio) =>
        ratio.IsDifferent || !ratio.IsJudged ? DisplayText.Times(ratio.Value)
        : ratio.IsOneSided ? Unclear
        : Alike;

    private static string TooFew(PairedRatio ratio) => ratio.Turns == 1 ? "one turn" : $"{ratio.Turns} turns";

    private static string Number(double value) => NumberFormat.Format(value, value < 10 ? ".2f" : ".1f");

    private static PairedRatio? Pair(ThroughputResult result, IReadOnlyList<ThroughputResult> results) =>
        FirstOf(result, results) is { } first && first != result ? PairedRatio.Of(result, first) : null;

    private static ThroughputResult? FirstOf(ThroughputResult result, IReadOnlyList<ThroughputResult> results) =>
        results.FirstOrDefault(each => (each.Mode, each.BatchSize) == (result.Mode, result.BatchSize));
}
