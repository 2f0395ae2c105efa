using TResNet.Profiling;

namespace TResNet.Interactive.Formatting;

/// <summary>Networks as tables.</summary>
internal static class ModelViews
{
    public static View Of(Network network) => Of(network, network.Info.InputSize);

    /// <summary>The layers for images of a size, under what the network is.</summary>
    public static View Of(Network network, int size)
    {
        var summary = Summarizer.Summarize(network, network.InChans, size, size);
        var view = ProfileViews.Of(summary);
        var info = network.Info;
        return view with { Parts = [$"{info.Paper} ({info.Year}), {info.Url}", .. view.Parts] };
    }

    /// <summary>What is known of networks without building them.</summary>
    public static View Of(IReadOnlyList<ModelInfo> infos)
    {
        var sources = new Sources(infos);
        return new View
        {
            Parts =
            [
                new Table
                {
                    Columns =
                    [
                        new("name"),
                        new("family", Rank: 1),
                        new("year", true, Rank: 2),
                        new("input", true),
                        new("parameters", true),
                        new("multiply-adds", true),
                        new("top-1", true),
                        new("source", Rank: 3),
                        new("arXiv", Rank: 4),
                    ],
                    Rows = [.. infos.Select(info => Row(info, sources))],
                    Note = sources.Note,
                    Sortable = infos.Count > 1,
                },
            ],
        };
    }

    private static Cell[] Row(ModelInfo info, Sources sources) =>
        [
            info.Name,
            info.Family,
            Number(info.Year, $"{info.Year}"),
            Number(info.InputSize, $"{info.InputSize}"),
            Count(info.Parameters),
            Count(info.MultiplyAdds),
            Top1(info),
            sources.Of(info),
            Paper(info),
        ];

    /// <summary>The published accuracy, with its source when pointed at.</summary>
    public static Cell Top1(ModelInfo info) =>
        info.Top1 is { } top1 ? Number(top1, Words.Percent(top1 / 100)) with { Hint = info.Top1Source } : Cell.Unknown;

    public static Cell Count(long count) => Number(count, Words.Count(count)) with { Hint = $"{count:N0}" };

    public static Cell Number(double value, string text) => new(text) { Number = value };

    /// <summary>The paper by its number on arXiv, or by its host where it is elsewhere.</summary>
    private static Cell Paper(ModelInfo info)
    {
        var url = new Uri(info.Url);
        var text = url.Host == "arxiv.org" ? url.Segments[^1] : url.Host;
        return new Cell(text) { Url = info.Url, Hint = info.Paper };
    }
}

/// <summary>Where accuracies were published: a number for each source in the table, and the list below it.</summary>
internal sealed class Sources
{
    private readonly string[] all;

    public Sources(IReadOnlyList<ModelInfo> infos) =>
        all = [.. infos.Where(info => info.Top1 is not null).Select(Place).OfType<string>().Distinct()];

    /// <summary>The list; null when nothing is published.</summary>
    public string? Note =>
        all.Length == 0
            ? null
            : $"Top-1 on ImageNet-1k as published: {string.Join("; ", all.Select((place, i) => $"[{i + 1}] {place}"))}.";

    public Cell Of(ModelInfo info) =>
        info.Top1 is not null && Place(info) is { } place
            ? new Cell($"[{Array.IndexOf(all, place) + 1}]") { Hint = info.Top1Source }
            : "";

    // Behind the colon are the weights, which differ from network to network.
    private static string? Place(ModelInfo info) => info.Top1Source?.Split(':')[0];
}
