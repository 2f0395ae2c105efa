using TResNet.Charts;
using TResNet.Charts.Svg;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>Draws images a second over multiply-adds, with a name beside each point that has room for one.</summary>
internal static class TradeOffChart
{
    private const double MarkSize = 10;
    private const int Width = 760;

    public static Figure Draw(IReadOnlyList<ModelSummary> summaries, IReadOnlyList<ThroughputResult> results)
    {
        var (unit, word) = summaries.Max(summary => summary.MultiplyAdds) >= 1e9 ? (1e9, "billion") : (1e6, "million");
        var points = results
            .Select(result => new Point(
                result,
                summaries.First(summary => summary.Model == result.Model).MultiplyAdds / unit
            ))
            .OrderBy(point => point.Work)
            .ToArray();
        var groups = points.GroupBy(point => point.Result.Mode).OrderBy(group => First(results, group.Key)).ToArray();
        var layout = new Layout
        {
            Title = Title.Headline("Throughput against work", "higher at the same work: better use of the machine"),
            XAxis = new Axis
            {
                Title = $"{word} multiply-adds per image",
                Range = [0, points.Max(point => point.Work) * 1.15],
            },
            YAxis = new Axis { Title = "images/s", Range = [0, points.Max(point => point.Result.Median) * 1.2] },
            Margin = new Margin { L = 64, T = groups.Length > 1 ? 92 : 64 },
        };
        var labels = Labels(points, layout);
        return new Figure
        {
            Data =
            [
                .. groups.Select(group => new Scatter
                {
                    Name = DisplayText.Of(group.Key),
                    Mode = ScatterMode.MarkersText,
                    X = group.Select(point => point.Work).ToArray(),
                    Y = group.Select(point => point.Result.Median).ToArray(),
                    Text = [.. group.Select(point => labels[point].Text)],
                    TextPosition = group.Select(point => labels[point].Position).ToArray(),
                    HoverText = [.. group.Select(point => point.Result.Model)],
                    Marker = new Marker { Size = MarkSize },
                    ClipOnAxis = false,
                    HoverTemplate =
                        "%{hovertext}: %{x:.3~g} " + word + " multiply-adds, %{y:.4~g} images/s<extra></extra>",
                }),
            ],
            Layout = layout,
        };
    }

    private static int First(IReadOnlyList<ThroughputResult> results, ThroughputMode mode) =>
        results.Index().First(each => each.Item.Mode == mode).Index;

    private static Dictionary<Point, (string Text, string Position)> Labels(Point[] points, Layout layout)
    {
        var area = Box.Within(layout.Margin!, Width, layout.Height!.Value);
        var models = points.Select(point => point.Result.Model).ToHashSet();
        var names = points.Select(point => ModelNames.Short(point.Result.Model, models)).ToArray();
        var places = LabelPlacer.Place(
            [
                .. points.Select(
                    (point, i) =>
                        new NamedMark(
                            area.Left + point.Work / layout.XAxis!.Range![1] * area.Width,
                            area.Bottom - point.Result.Median / layout.YAxis!.Range![1] * area.Height,
                            MarkSize / 2,
                            names[i]
                        )
                ),
            ],
            area
        );
        return points
            .Index()
            .ToDictionary(
                each => each.Item,
                each => (places[each.Index] is null ? "" : names[each.Index], places[each.Index] ?? "top center")
            );
    }

    private sealed record Point(ThroughputResult Result, double Work);
}
