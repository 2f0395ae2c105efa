using TResNet.Profiling;

namespace TResNet.Interactive.Formatting;

/// <summary>A word about measurements that something else on the machine disturbed.</summary>
internal static class Noise
{
    private const double Most = 2;

    /// <summary>Names what was measured with rounds that differ by more than two times; null where none was.</summary>
    public static string? Of(IEnumerable<(string Name, ThroughputResult Result)> measured)
    {
        string[] noisy =
        [
            .. measured.Where(each => each.Result.Max > Most * each.Result.Min).Select(each => each.Name),
        ];
        return noisy.Length == 0
            ? null
            : $"The machine was busy: the rounds of {Words.List([.. noisy.Distinct()])} differ by more than two times; measure again.";
    }
}
