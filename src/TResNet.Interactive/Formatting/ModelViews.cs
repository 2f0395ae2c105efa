using System.Globalization;
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
    public static View Of(IReadOnlyList<ModelInfo> infos) => new() { Parts = [List(infos, null)] };

    /// <summary>What is known of networks, with their size and work.</summary>
    public static View Counted(IReadOnlyList<ModelInfo> infos, CancellationToken cancel)
    {
        var counts = new Dictionary<string, ModelCount>();
        foreach (var info in infos)
        {
            cancel.ThrowIfCancellationRequested();
            counts[info.Name] = ModelCounts.Of(info);
        }

        return new View { Parts = [List(infos, counts)] };
    }

    private static Table List(IReadOnlyList<ModelInfo> infos, Dictionary<string, ModelCount>? counts)
    {
        Column[] counted = counts is null ? [] : [new("parameters", true), new("multiply-adds", true)];
        var sources = infos.Select(info => info.Top1Source?.Split(':')[0]).OfType<string>().Distinct().ToArray();
        return new Table
        {
            Columns =
            [
                new("name"),
                new("family"),
                new("year", true),
                new("input", true),
                .. counted,
                new("ImageNet top-1", true),
            ],
            Rows =
            [
                .. infos.Select(info =>
                    (string[])
                        [
                            info.Name,
                            info.Family,
                            $"{info.Year}",
                            $"{info.InputSize}",
                            .. counts is null
                                ? (string[])[]
                                :
                                [
                                    Words.Count(counts[info.Name].Parameters),
                                    Words.Count(counts[info.Name].MultiplyAdds),
                                ],
                            info.Top1 is { } top1 ? top1.ToString("0.0'%'", CultureInfo.InvariantCulture) : "–",
                        ]
                ),
            ],
            Note = sources.Length == 0 ? null : $"Top-1 as published: {string.Join("; ", sources)}.",
        };
    }
}
