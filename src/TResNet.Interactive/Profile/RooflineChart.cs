// Williams, Waterman and Patterson, CACM 52(4), 2009, figure 1.
using TResNet.Charts;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Options;

namespace TResNet.Interactive.Profile;

/// <summary>Draws what rate each layer reaches over its operations a byte, under what the machine allows.</summary>
internal static class RooflineChart
{
    private const double SmallestMark = 6;
    private const double LargestMark = 22;

    // Of a panel as narrow as a phone's: what a label takes.
    private const double LabelShare = 0.55;

    public static Figure Draw(LayerProfile profile)
    {
        var points = Points(profile);
        var roof = profile.Roof;
        var (left, right) = Range([.. points.Select(point => point.Work.Intensity), roof.Ridge], 0.25);
        var (low, high) = Range([.. points.Select(point => point.Rate), roof.Ceiling.Gigaflops], 0.2);
        var longest = points.Select(point => point.Seconds).DefaultIfEmpty(1).Max();
        var corner = Math.Log10(roof.Ridge);
        var edge = Math.Pow(10, left);
        // Where the slope has its label to the left of it.
        var label = Math.Min(corner, Math.Max((left + corner) / 2, left + LabelShare * (right - left)));
        return new Figure
        {
            Description =
                $"Roofline of {profile.Model}: {DisplayText.Gigaflops(roof.Ceiling.Gigaflops)} and {DisplayText.Gigabytes(roof.Bandwidth.GigabytesPerSecond)} are the roofs.",
            Data =
            [
                new Scatter
                {
                    Name = "roof",
                    ShowLegend = false,
                    Mode = ScatterMode.Lines,
                    X = new[] { edge, roof.Ridge, Math.Pow(10, right) },
                    Y = new[] { roof.Attainable(edge), roof.Ceiling.Gigaflops, roof.Ceiling.Gigaflops },
                    Line = new Line { Color = Palette.Text, Width = 2 },
                    HoverTemplate = "roof: %{y:.3~g} GFLOP/s<extra></extra>",
                },
                .. points.GroupBy(point => (point.Kind, point.IsForward)).Select(group => Marks(group, longest)),
            ],
            Layout = new Layout
            {
                Title = Title.Headline(
                    $"Roofline of {profile.Model}, {DisplayText.Of(profile.Mode)} in batches of {profile.InputShape[0]}",
                    profile.Mode == ThroughputMode.Training
                        ? "a mark for each layer: disc forward, diamond backward; area: its time · operations and bytes are estimates"
                        : "a mark for each layer; area: its time · operations and bytes are estimates"
                ),
                XAxis = Axis.OfLogarithms("operations a byte", [left, right]),
                YAxis = Axis.OfLogarithms("GFLOP/s", [low, high]),
                ShowLegend = true,
                Legend = new Legend { ItemSizing = "constant" },
                Height = 480,
                Margin = new Margin { L = 64, T = 120 },
                Annotations =
                [
                    Label(
                        $"{DisplayText.Gigaflops(roof.Ceiling.Gigaflops)} ({roof.Ceiling.ComputeType.ToString().ToLowerInvariant()})",
                        corner,
                        Math.Log10(roof.Ceiling.Gigaflops),
                        corner - left < 0.7 * (right - left) ? "left" : "right"
                    ),
                    Label(
                        $"{DisplayText.Gigabytes(roof.Bandwidth.GigabytesPerSecond)} of memory",
                        label,
                        Math.Log10(roof.Attainable(Math.Pow(10, label))),
                        "right"
                    ),
                ],
            },
        };

        // In parts of the panel: on a logarithmic axis plotly takes exponents and the static picture values.
        Annotation Label(string text, double x, double y, string anchor) =>
            new()
            {
                Text = text,
                X = (x - left) / (right - left),
                Y = (y - low) / (high - low),
                XRef = "x domain",
                YRef = "y domain",
                XAnchor = anchor,
                XShift = anchor == "right" ? -8 : null,
                YAnchor = "bottom",
                YShift = 4,
            };
    }

    private static Scatter Marks(IGrouping<(LayerKind Kind, bool IsForward), Point> group, double longest)
    {
        var kind = DisplayText.Of(group.Key.Kind);
        return new Scatter
        {
            Name = kind,
            LegendGroup = kind,
            ShowLegend = group.Key.IsForward,
            Mode = ScatterMode.Markers,
            X = group.Select(point => point.Work.Intensity).ToArray(),
            Y = group.Select(point => point.Rate).ToArray(),
            HoverText = [.. group.Select(point => point.Hint)],
            HoverTemplate = "%{hovertext}<extra></extra>",
            Marker = new Marker
            {
                Color = KindColors.Of(group.Key.Kind),
                Opacity = 0.65,
                Symbol = group.Key.IsForward ? null : Symbol.Diamond,
                Size = group
                    .Select(point => Math.Max(SmallestMark, LargestMark * Math.Sqrt(point.Seconds / longest)))
                    .ToArray(),
            },
        };
    }

    /// <summary>What has arithmetic and took time, largest last, so that small marks lie upon large ones.</summary>
    private static Point[] Points(LayerProfile profile) =>
        [
            .. profile
                .Layers.SelectMany(layer =>
                    (IEnumerable<Point>)
                        [
                            new Point(layer, true, layer.Forward, layer.ForwardWork),
                            new Point(layer, false, layer.Backward, layer.BackwardWork),
                        ]
                )
                .Where(point => point.Seconds > 0 && point.Work is { Operations: > 0, Bytes: > 0 })
                .OrderBy(point => !point.IsForward)
                .ThenBy(point => point.Kind)
                .ThenByDescending(point => point.Seconds),
        ];

    private static (double Low, double High) Range(double[] values, double room)
    {
        var (low, high) = (Math.Log10(values.Min()), Math.Log10(values.Max()));
        return (low - room, high + room);
    }

    private sealed record Point(LayerTiming Layer, bool IsForward, double Seconds, Work Work)
    {
        public LayerKind Kind => Layer.Kind;

        public double Rate => Work.Operations / Seconds / 1e9;

        public string Hint =>
            $"{Layer.Name}, {(IsForward ? "forward" : "backward")}: {DisplayText.Milliseconds(Seconds)} ms, {DisplayText.Gigaflops(Rate)}, {DisplayText.Gigabytes(Work.Bytes / Seconds / 1e9)}";
    }
}

/// <summary>A colour for each kind of layer, the same in all charts.</summary>
internal static class KindColors
{
    public static string Of(LayerKind kind) =>
        Palette.Series[
            kind switch
            {
                LayerKind.Convolution => 0,
                LayerKind.Normalization => 1,
                LayerKind.Blur => 2,
                LayerKind.Attention => 3,
                LayerKind.Linear => 4,
                LayerKind.DepthwiseConvolution => 5,
                LayerKind.Sum => 6,
                _ => 7,
            }
        ];
}
