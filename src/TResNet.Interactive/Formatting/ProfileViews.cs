using TResNet.Interactive.Charts;
using TResNet.Profiling;

namespace TResNet.Interactive.Formatting;

/// <summary>Counts and measurements as tables and charts.</summary>
internal static class ProfileViews
{
    public static View Of(ModelSummary summary) =>
        new()
        {
            Title = summary.Model,
            Subtitle =
                $"{Words.Count(summary.Parameters)} parameters, {Words.Count(summary.MultiplyAdds)} multiply-adds for {Words.Size(summary.InputShape)}",
            Parts = [new LayerTree(summary)],
        };

    public static View Of(Profile profile)
    {
        var parts = new List<object>();
        if (profile.Throughputs.Count > 0)
        {
            parts.Add(Plots.Throughput(profile.Throughputs));
            if (profile.Summaries.Count > 2)
            {
                parts.Add(Plots.TradeOff(profile.Summaries, profile.Throughputs));
            }
        }

        parts.Add(Comparison(profile));
        return new View { Parts = parts };
    }

    public static View Of(IReadOnlyList<ThroughputResult> results) =>
        new()
        {
            Parts = [Plots.Throughput(results), Comparison(new Profile { Summaries = [], Throughputs = results })],
        };

    /// <summary>One row for each network and mode; what is the same for all stands below.</summary>
    public static Table Comparison(Profile profile)
    {
        var counted = profile.Summaries.DistinctBy(summary => summary.Model).ToDictionary(summary => summary.Model);
        var results = profile.Throughputs;
        var sameInput = results.Select(Input).Distinct().Count() == 1;
        Column[] input = sameInput ? [] : [new("input")];
        Column[] counts = counted.Count > 0 ? [new("parameters", true), new("multiply-adds", true)] : [];
        return new Table
        {
            Columns =
            [
                new("model"),
                .. input,
                .. counts,
                new("mode"),
                new("images/s", true),
                new("range", true),
                new("memory", true),
            ],
            Rows = [.. results.Select(result => Row(result, counted, sameInput))],
            Note =
                (sameInput ? $"Batches of {Input(results[0])}. " : "")
                + $"images/s: median of the rounds and range from the slowest to the fastest; memory: the process's peak. {results[0].Machine}; {results[0].Device}, {results[0].Threads} threads, "
                + $"{results[0].DataType.ToLowerInvariant()}, {results[0].MemoryFormat}.",
        };
    }

    private static Cell[] Row(ThroughputResult result, Dictionary<string, ModelSummary> counted, bool sameInput) =>
        [
            result.Model,
            .. sameInput ? (Cell[])[] : [Input(result)],
            .. counted.Count == 0 ? (Cell[])[]
            : counted.TryGetValue(result.Model, out var summary)
                ? [Words.Count(summary.Parameters), Words.Count(summary.MultiplyAdds)]
            : ["", ""],
            Words.Of(result.Mode),
            Words.Rate(result.Median),
            $"{Words.Rate(result.Min)}–{Words.Rate(result.Max)}"
                + (result.Shortened ? $" ({result.Rounds.Count} rounds)" : ""),
            result.PeakMemory is { } bytes ? Words.Bytes(bytes) : "",
        ];

    private static string Input(ThroughputResult result) => Words.Size(result.InputShape);
}
