using TResNet.Interactive.Tables;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>Why one of two networks is the faster: images a second are multiply-adds a second over those of an image.</summary>
internal static class WorkSentence
{
    // Networks whose work is closer than this do the same, and their rates say all.
    private const double LeastMore = 1.05;

    /// <summary>A sentence for each mode that two networks were timed in; none of more or fewer.</summary>
    public static IEnumerable<string> Of(ProfileResult profile)
    {
        foreach (var mode in profile.Throughputs.GroupBy(result => result.Mode))
        {
            var counted = profile
                .Summaries.Where(summary => mode.Any(result => result.Model == summary.Model))
                .ToArray();
            if (counted.Length != 2 || mode.Count() != 2)
            {
                continue;
            }

            var less = counted.MinBy(summary => summary.MultiplyAdds)!;
            var more = counted.First(summary => summary != less);
            var work = (double)more.MultiplyAdds / less.MultiplyAdds;
            string[] ways =
            [
                .. Way(profile.Optimized.Count > 0 ? "as it is, " : "", mode, more, less, work),
                .. mode.Key == ThroughputMode.Inference ? Way("optimised, ", profile.Optimized, more, less, work) : [],
            ];
            if (work >= LeastMore && ways.Length > 0)
            {
                yield return $"{more.Model} multiplies {DisplayText.Times(work)} as much for an image as {less.Model}{(mode.Key == ThroughputMode.Training ? " (training)" : "")}: {string.Join("; ", ways)}.";
            }
        }
    }

    private static IEnumerable<string> Way(
        string way,
        IEnumerable<ThroughputResult> results,
        ModelSummary more,
        ModelSummary less,
        double work
    )
    {
        var one = results.FirstOrDefault(result => result.Model == more.Model);
        var other = results.FirstOrDefault(result => result.Model == less.Model);
        if (one is null || other is null || PairedRatio.Of(one, other) is not { IsJudged: true } ratio)
        {
            yield break;
        }

        var outcome =
            !ratio.IsDifferent ? "the two cannot be told apart"
            : ratio.Value > 1 ? "that more than makes up for it"
            : "that does not make up for it";
        yield return $"{way}it multiplies {DisplayText.Times(ratio.Value * work)} as fast, and {outcome}";
    }
}
