using TResNet.Profiling.Layers;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Tables;

/// <summary>A word about measurements that something else on the machine disturbed.</summary>
internal static class Noise
{
    private const double Most = 2;

    // On a machine at rest it is 0.8 to 1.
    private const double LeastOfParts = 0.67;
    private const double MostOfParts = 1.33;

    /// <summary>Names what was measured with rounds that differ by more than two times; null where none was.</summary>
    public static string? Of(IEnumerable<(string Name, ThroughputResult Result)> measured)
    {
        string[] noisy =
        [
            .. measured.Where(each => each.Result.Max > Most * each.Result.Min).Select(each => each.Name),
        ];
        return noisy.Length == 0
            ? null
            : $"The machine was busy: the rounds of {DisplayText.List([.. noisy.Distinct()])} differ by more than two times; measure again.";
    }

    /// <summary>Says that layers timed one by one do not add up to the whole; null where they do, and where not all were timed.</summary>
    public static string? OfParts(LayerProfile profile) =>
        profile.Shortened || profile.PartSeconds / profile.Step.Seconds is > LeastOfParts and < MostOfParts
            ? null
            : "The machine was busy: layers timed one by one add up to something else than all together, so that neither can be believed; measure again.";
}
