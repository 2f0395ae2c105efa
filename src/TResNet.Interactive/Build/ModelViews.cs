using TResNet.Architectures;
using TResNet.Building;
using TResNet.Interactive.Diagrams;
using TResNet.Interactive.Tables;
using TResNet.Profiling;
using TResNet.Profiling.Counting;

namespace TResNet.Interactive.Build;

/// <summary>Networks as tables.</summary>
internal static class ModelViews
{
    // Of more, a list shows those of the first family and folds the rest.
    private const int FewNetworks = 24;

    public static View Of(ModelSummary summary) =>
        new()
        {
            Title = summary.Model,
            Subtitle =
                $"{DisplayText.Count(summary.Parameters)} parameters, {DisplayText.Count(summary.MultiplyAdds)} multiply-adds for {DisplayText.Size(summary.InputShape)}",
            Parts = [new LayerTree(summary)],
        };

    public static View Of(Network network) => Of(network, network.DataConfig.InputSize);

    /// <summary>The layers for images of a size, under what the network is.</summary>
    public static View Of(Network network, int size)
    {
        var summary = Summarizer.Summarize(network, network.InChans, size, size);
        var view = Of(summary);
        var info = network.Info;
        var diagram = new ArchitectureDiagram(network.Architecture, size, network.InChans, network.NumClasses);
        return view with
        {
            Parts = [$"{info.Paper} ({info.Year}), {info.Url}", new SideBySide(view.Parts[0], diagram)],
        };
    }

    /// <summary>What is known of networks without building them.</summary>
    public static View Of(IReadOnlyList<ModelInfo> infos)
    {
        var sources = new Sources(infos.Select(info => info.Top1Source));
        var (first, rest) = (
            infos.TakeWhile(info => info.Family == infos[0].Family).Count(),
            infos.Skip(FewNetworks).Any()
        );
        var others = infos.Skip(first).Select(info => info.Family).Distinct();
        return new View
        {
            Parts =
            [
                new Table
                {
                    Columns =
                    [
                        new("name"),
                        new("family", Rank: 2),
                        new("year", true, Rank: 3),
                        new("input", true, Rank: 1),
                        new("parameters", true),
                        new("multiply-adds", true),
                        new("top-1", true),
                        new("arXiv", Rank: 4),
                    ],
                    Rows = [.. infos.Select(info => Row(info, sources))],
                    Note = sources.Note,
                    Sortable = infos.Count > 1,
                    Unfolded = rest ? first : null,
                    RestTitle = $"Show {infos.Count - first} more: {string.Join(", ", others)}",
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
            Top1(info.Top1, info.Top1Source, sources),
            Paper(info),
        ];

    /// <summary>The published accuracy in percent, with the number of its source; with the source itself when pointed at.</summary>
    public static Cell Top1(double? percent, string? source, Sources sources) =>
        percent is { } top1
            ? Number(top1, DisplayText.Percent(top1 / 100)) with
            {
                Hint = source,
                Mark = sources.MarkOf(source),
            }
            : Cell.Unknown;

    public static Cell Count(long count) => Number(count, DisplayText.Count(count)) with { Hint = $"{count:N0}" };

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
internal sealed class Sources(IEnumerable<string?> sources)
{
    private readonly string[] places = [.. sources.OfType<string>().Select(PlaceOf).Distinct()];

    /// <summary>The list; null when nothing is published.</summary>
    public string? Note =>
        places.Length == 0
            ? null
            : $"Top-1 on ImageNet-1k as published: {string.Join("; ", places.Select((place, i) => $"[{i + 1}] {place}"))}.";

    /// <summary>The number of a source in the list.</summary>
    public string? MarkOf(string? source) => source is null ? null : $"[{Array.IndexOf(places, PlaceOf(source)) + 1}]";

    // Behind the colon are the weights, which differ from network to network.
    private static string PlaceOf(string source) => source.Split(':')[0];
}
