using TResNet.Charts;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>Counts and measurements as tables and charts.</summary>
internal static class ProfileViews
{
    private const int MostWithLayers = 4;

    /// <summary>How a speed was measured; only speeds of one way can be compared.</summary>
    public static string WayOf(ThroughputResult result) =>
        $"batches of {result.BatchSize}, {result.Device}, {result.Threads} threads, {result.DataType.ToLowerInvariant()}, {result.MemoryFormat}";

    public static View Of(ProfileResult profile)
    {
        var parts = new List<object>();
        if (profile.Throughputs.Count > 0)
        {
            parts.Add(Rates(profile));
            parts.AddRange(Correlations(profile));
        }

        parts.Add(Comparison(profile));
        parts.AddRange(
            LayersShown(profile)
                .SelectMany(layers =>
                    LayerViews.Of(layers) is { } view ? view.Parts.Prepend($"{view.Title}: {view.Subtitle}") : []
                )
        );
        parts.AddRange(
            OptimizedShown(profile)
                .Select(OptimizedViews.Of)
                .SelectMany(view => view.Parts.Prepend($"{view.Title}: {view.Subtitle}"))
        );
        return new View { Parts = parts };
    }

    /// <summary>Time against multiply-adds and against activations, in each mode, of at least three networks.</summary>
    public static IEnumerable<Figure> Correlations(ProfileResult profile)
    {
        foreach (var results in Correlated(profile))
        {
            yield return CorrelationChart.AgainstTime(ModelCost.MultiplyAdds, profile.Summaries, results);
            yield return CorrelationChart.AgainstTime(ModelCost.Activations, profile.Summaries, results);
        }
    }

    /// <summary>Images a second, of optimised networks beside the networks themselves.</summary>
    public static Figure Rates(ProfileResult profile) =>
        ThroughputChart.Draw([
            .. Rows(profile)
                .Select(row => row.Result with { Model = DisplayText.Named(row.Result.Model, row.Result.Options) }),
        ]);

    /// <summary>The optimised networks whose steps are shown: all of few, and of many none.</summary>
    public static IReadOnlyList<ThroughputResult> OptimizedShown(ProfileResult profile) =>
        AreFew(profile) ? [.. profile.Optimized.Where(result => result.Optimized is not null)] : [];

    /// <summary>The networks whose layers are shown: all of few, in each mode, and of many none.</summary>
    public static IReadOnlyList<LayerProfile> LayersShown(ProfileResult profile) =>
        AreFew(profile) ? profile.Layers : [];

    public static View Of(IReadOnlyList<ThroughputResult> results) =>
        new()
        {
            Parts =
            [
                ThroughputChart.Draw(results),
                Comparison(new ProfileResult { Summaries = [], Throughputs = results }),
            ],
        };

    /// <summary>One row for each network and mode; what is the same for all stands below.</summary>
    public static Table Comparison(ProfileResult profile)
    {
        var counted = profile.Summaries.DistinctBy(summary => summary.Model).ToDictionary(summary => summary.Model);
        var rows = Rows(profile);
        ThroughputResult[] results = [.. rows.Select(row => row.Result)];
        var sameInput = results.Select(Input).Distinct().Count() == 1;
        Column[] input = sameInput ? [] : [new("input", true)];
        Column[] counts =
            counted.Count > 0 ? [new("parameters", true, Rank: 3), new("multiply-adds", true, Rank: 2)] : [];
        var ceiling = profile.Ceiling;
        var optimised = profile.Optimized.Count > 0;
        var compared = RatioText.AreCompared(profile.Throughputs);
        return new Table
        {
            Columns =
            [
                new("model"),
                .. input,
                .. counts,
                .. optimised ? (Column[])[] : [new("mode")],
                new("images/s", true),
                .. optimised ? (Column[])[new("speed-up", true)] : [],
                .. compared ? (Column[])[new("of the first", true, Rank: 1)] : [],
                new("range", true, Rank: 2),
                .. ceiling is null ? (Column[])[] : [new("of ceiling", true)],
                new("memory", true, Rank: 1),
            ],
            Rows = [.. rows.Select(row => Row(row.Result, row.Plain, profile, counted, sameInput, compared))],
            Note = string.Join('\n', Notes(profile, results, sameInput)),
        };
    }

    private static IEnumerable<string> Notes(ProfileResult profile, ThroughputResult[] results, bool sameInput)
    {
        if (profile.Interrupted)
        {
            yield return "Interrupted: what was measured until then.";
        }

        var optimised = profile.Optimized.Count > 0;
        yield return (sameInput ? $"{(optimised ? "Inference in batches" : "Batches")} of {Input(results[0])}. " : "")
            + $"images/s: median of the rounds and range from the slowest to the fastest; memory: the process's peak. {results[0].Machine}; {results[0].Device}, {results[0].Threads} threads, "
            + $"{results[0].DataType.ToLowerInvariant()}, {results[0].MemoryFormat}."
            + (
                profile.Ceiling is not { } ceiling
                    ? ""
                    : $" Of ceiling: multiply-adds a second, with three times as many for a training step, of the {DisplayText.Gigaflops(ceiling.Gigaflops)} that this machine's best convolution or matrix product reaches; above 100% where an algorithm multiplies less than is counted, as Winograd's does."
            );
        foreach (var sentence in RatioText.Notes(profile.Throughputs, optimised))
        {
            yield return sentence;
        }

        foreach (var sentence in WorkSentence.Of(profile))
        {
            yield return sentence;
        }

        foreach (var timed in Correlated(profile))
        {
            yield return CorrelationChart.Sentence(
                timed[0].Mode,
                CorrelationChart.Timed(profile.Summaries, timed, summary => summary.MultiplyAdds),
                CorrelationChart.Timed(profile.Summaries, timed, summary => summary.Activations)
            );
        }

        if (Noise.Of(results.Select(result => (NameOf(result, optimised), result))) is { } noise)
        {
            yield return noise;
        }

        if (!AreFew(profile) && profile.Layers.Count > 0)
        {
            yield return $"Where the time goes is shown of up to {MostWithLayers} networks: name fewer, or add --layers for all layers of each.";
        }
        else if (!AreFew(profile) && profile.Optimized.Any(result => result.Optimized is not null))
        {
            yield return $"What optimised networks are made of is shown of up to {MostWithLayers}: name fewer.";
        }
    }

    private static string NameOf(ThroughputResult result, bool optimised) =>
        DisplayText.Named(result.Model, result.Options) + (optimised ? "" : $" ({DisplayText.Of(result.Mode)})");

    private static bool AreFew(ProfileResult profile) => Networks(profile.Throughputs) <= MostWithLayers;

    /// <summary>The results of each mode that has networks enough for a correlation; none where they are not counted.</summary>
    private static IEnumerable<ThroughputResult[]> Correlated(ProfileResult profile) =>
        profile.Summaries.Count == 0
            ? []
            : profile
                .Throughputs.GroupBy(result => result.Mode)
                .Where(mode => Networks(mode) >= CorrelationChart.Fewest)
                .Select(mode => mode.ToArray());

    private static int Networks(IEnumerable<ThroughputResult> results) =>
        results.Select(result => result.Model).Distinct().Count();

    private static Cell[] Row(
        ThroughputResult result,
        ThroughputResult? plain,
        ProfileResult profile,
        Dictionary<string, ModelSummary> counted,
        bool sameInput,
        bool compared
    ) =>
        [
            DisplayText.Named(result.Model, result.Options),
            .. sameInput ? (Cell[])[] : [Input(result)],
            .. counted.Count == 0 ? (Cell[])[]
            : counted.TryGetValue(result.Model, out var summary)
                ? [DisplayText.Count(summary.Parameters), DisplayText.Count(summary.MultiplyAdds)]
            : ["", ""],
            .. profile.Optimized.Count > 0 ? (Cell[])[] : [DisplayText.Of(result.Mode)],
            DisplayText.Rate(result.Median),
            .. profile.Optimized.Count > 0 ? (Cell[])[SpeedUp(result, plain)] : [],
            .. compared ? (Cell[])[RatioText.OfFirst(result, profile.Throughputs)] : [],
            DisplayText.Range(result) + (result.Shortened ? $" ({result.Rounds.Count} rounds)" : ""),
            .. profile.Ceiling is { } ceiling
                ? (Cell[])[OfCeiling(result, counted.GetValueOrDefault(result.Model), ceiling)]
                : [],
            result.PeakMemory is { } bytes ? DisplayText.Bytes(bytes) : "",
        ];

    /// <summary>
    /// What was measured, the optimised network after the network itself and with it. Where a network was measured twice, the first optimised one
    /// belongs to the first.
    /// </summary>
    private static List<(ThroughputResult Result, ThroughputResult? Plain)> Rows(ProfileResult profile)
    {
        var rows = new List<(ThroughputResult, ThroughputResult?)>();
        var optimised = profile.Optimized.ToList();
        foreach (var plain in profile.Throughputs)
        {
            rows.Add((plain, null));
            var at = optimised.FindIndex(each => (each.Model, each.Mode) == (plain.Model, plain.Mode));
            if (at >= 0)
            {
                rows.Add((optimised[at], plain));
                optimised.RemoveAt(at);
            }
        }

        return rows;
    }

    private static Cell SpeedUp(ThroughputResult result, ThroughputResult? plain)
    {
        if (plain is null)
        {
            return "";
        }

        if (PairedRatio.Of(result, plain) is { } paired)
        {
            return RatioText.Cell(paired);
        }

        var ratio = result.Median / plain.Median;
        return ModelViews.Number(ratio, DisplayText.Times(ratio));
    }

    private static Cell OfCeiling(ThroughputResult result, ModelSummary? summary, MachineCeiling ceiling)
    {
        if (summary is null)
        {
            return Cell.Unknown;
        }

        var passes = result.Mode == ThroughputMode.Training ? 3 : 1;
        var share = ceiling.Fraction(result.Median, passes * summary.MultiplyAdds);
        return ModelViews.Number(share, DisplayText.Percent(share));
    }

    private static string Input(ThroughputResult result) => DisplayText.Size(result.InputShape);
}
