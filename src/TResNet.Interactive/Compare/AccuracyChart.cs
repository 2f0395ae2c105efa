// The chart that papers on networks end in: accuracy over cost, one disc a network, its area the parameters.
using TResNet.Charts;
using TResNet.Charts.Svg;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Compare;

/// <summary>A network in the chart.</summary>
/// <param name="Network">Which.</param>
/// <param name="Cost">Where it stands along x; above 0.</param>
internal sealed record CostPoint(ComparedNetwork Network, double Cost);

/// <summary>Draws published accuracy over what it costs.</summary>
internal static class AccuracyChart
{
    private const int MostFamilies = 5;
    private const int Crowd = 30;
    private const double LargestMark = 34;
    private const double LargestInCrowd = 24;
    private const double SmallestMark = 7;
    private const int Width = 760;
    private const int Height = 460;

    private static readonly string Ours = Architectures.TResNetFamily.All[0].Info.Family;

    /// <summary>From this ratio between the dearest and the cheapest on, the axis is logarithmic.</summary>
    private const double Wide = 12;

    /// <summary>Published accuracy against multiply-adds; networks without a published accuracy are left out.</summary>
    public static Figure AgainstWork(Comparison comparison)
    {
        var published = comparison.Networks.Where(network => network.Top1 is not null).ToArray();
        var (unit, word) = published.Any(network => network.MultiplyAdds >= 1e9) ? (1e9, "billion") : (1e6, "million");
        return Draw(
            "Accuracy against work",
            "upper left",
            $"{word} multiply-adds per image",
            $"{word} multiply-adds",
            [.. published.Select(network => new CostPoint(network, network.MultiplyAdds / unit))],
            comparison.Networks.Count - published.Length
        );
    }

    /// <summary>Published accuracy against measured images a second; networks that lack one of the two are left out.</summary>
    public static Figure AgainstSpeed(Comparison comparison)
    {
        var measured = comparison
            .Networks.Where(network => network is { Top1: not null, Inference: not null })
            .ToArray();
        var way = measured is [{ Inference: { } first }, ..] ? $" ({ProfileViews.WayOf(first)})" : "";
        return Draw(
            "Accuracy against speed",
            "upper right",
            $"images/s on this machine{way}",
            "images/s",
            [.. measured.Select(network => new CostPoint(network, network.Inference!.Median))],
            comparison.Networks.Count(network => network is { Top1: null, Inference: not null })
        );
    }

    /// <param name="title">The headline.</param>
    /// <param name="better">The direction in which networks are better.</param>
    /// <param name="axis">The title of the cost's axis.</param>
    /// <param name="unit">What follows a cost in a sentence.</param>
    /// <param name="points">The networks with both numbers.</param>
    /// <param name="left">How many networks are left out, for want of a published accuracy.</param>
    public static Figure Draw(
        string title,
        string better,
        string axis,
        string unit,
        IReadOnlyList<CostPoint> points,
        int left
    )
    {
        // Small discs lie upon large ones.
        var ordered = points.OrderByDescending(point => point.Network.Parameters).ToArray();
        var groups = Groups(ordered);
        var margin = new Margin
        {
            L = 64,
            R = 24,
            T = groups.Length > 1 ? 92 : 64,
        };
        var log = points.Count > 0 && points.Max(p => p.Cost) / points.Min(p => p.Cost) > Wide;
        var x = Range([.. points.Select(p => log ? Math.Log10(p.Cost) : p.Cost)], 0.08);
        var y = Range([.. points.Select(p => p.Network.Top1 ?? 0)], 0.12);
        var area = Box.Within(margin, Width, Height);
        var largest = points.Select(point => point.Network.Parameters).DefaultIfEmpty(1).Max();
        var widest = points.Count > Crowd ? LargestInCrowd : LargestMark;
        double Size(CostPoint p) => Math.Max(SmallestMark, widest * Math.Sqrt(p.Network.Parameters / (double)largest));

        var places = LabelPlacer.Place(
            [
                .. ordered.Select(point => new NamedMark(
                    area.Left + Part(log ? Math.Log10(point.Cost) : point.Cost, x) * area.Width,
                    area.Bottom - Part(point.Network.Top1 ?? 0, y) * area.Height,
                    Size(point) / 2,
                    point.Network.Name,
                    point.Network.Family == Ours
                )),
            ],
            area with
            {
                Width = Width - area.Left - 4,
            }
        );
        var placeOf = ordered.Zip(places).ToDictionary(pair => pair.First, pair => pair.Second);
        return new Figure
        {
            Data =
            [
                .. groups.Select(group => new Scatter
                {
                    Name = group.Name,
                    Mode = ScatterMode.MarkersText,
                    X = group.Points.Select(point => point.Cost).ToArray(),
                    Y = group.Points.Select(point => point.Network.Top1 ?? 0).ToArray(),
                    Text = [.. group.Points.Select(point => placeOf[point] is null ? "" : point.Network.Name)],
                    TextPosition = group.Points.Select(point => placeOf[point] ?? "top center").ToArray(),
                    HoverText = [.. group.Points.Select(point => Hover(point, unit))],
                    HoverTemplate = "%{hovertext}<extra></extra>",
                    Marker = new Marker
                    {
                        Size = group.Points.Select(Size).ToArray(),
                        Color = group.Color,
                        Opacity = 0.7,
                    },
                    ClipOnAxis = false,
                }),
            ],
            Layout = new Layout
            {
                Title = Title.Headline(title, Subtitle(better, left, places.Contains(null))),
                XAxis = new Axis
                {
                    Title = axis,
                    Type = log ? AxisType.Log : null,
                    Range = x,
                    NTicks = log ? 6 : null,
                },
                YAxis = new Axis
                {
                    Title = "top-1",
                    TickSuffix = "%",
                    Range = y,
                },
                Height = Height,
                Margin = margin,
                Legend = new Legend { ItemSizing = "constant" },
            },
        };
    }

    /// <summary>A colour for each family while they can be told apart; of many, the others in grey and TResNet upon them.</summary>
    private static (string Name, string Color, CostPoint[] Points)[] Groups(IReadOnlyList<CostPoint> points)
    {
        const string Others = "other networks";
        var families = points.Select(point => point.Network.Family).Distinct().Count();
        return
        [
            .. points
                .GroupBy(point =>
                    families <= MostFamilies || point.Network.Family == Ours ? point.Network.Family : Others
                )
                .OrderByDescending(group => group.Key == Others)
                .ThenByDescending(group => group.Key == Ours)
                .Select(
                    (group, i) =>
                        (
                            group.Key,
                            group.Key == Others ? Palette.Series[^1]
                            : families > MostFamilies ? Palette.Series[0]
                            : Palette.Series[i],
                            group.ToArray()
                        )
                ),
        ];
    }

    private static string Subtitle(string better, int left, bool hasNameless)
    {
        var without =
            left == 0 ? ""
            : left == 1 ? " (1 has none)"
            : $" ({left} have none)";
        var names = hasNameless ? "; all names: point at the discs" : "";
        return $"top-1 on ImageNet-1k as published{without}; area: parameters; {better} is better{names}";
    }

    private static string Hover(CostPoint point, string unit) =>
        $"{point.Network.Name}: top-1 {DisplayText.Percent((point.Network.Top1 ?? 0) / 100)}, {NumberFormat.Format(point.Cost, point.Cost < 100 ? ".3~f" : ",d")} {unit}, "
        + $"{DisplayText.Count(point.Network.Parameters)} parameters";

    private static double[] Range(double[] values, double room)
    {
        if (values.Length == 0)
        {
            return [0, 1];
        }

        var (low, high) = (values.Min(), values.Max());
        var span = high - low > 1e-9 ? high - low : Math.Max(Math.Abs(high) * 0.1, 0.1);
        return [low - room * span, high + room * span];
    }

    private static double Part(double value, double[] range) => (value - range[0]) / (range[1] - range[0]);
}
