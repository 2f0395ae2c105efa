namespace TResNet.Charts.Svg;

/// <summary>What stands above the plots: title, subtitle and legend.</summary>
internal sealed class Header
{
    private const double LegendRow = 18;

    /// <summary>The pixels beside the margins in a figure of usual width.</summary>
    private const double Usual = 670;

    private readonly Layout layout;
    private readonly IReadOnlyList<(Trace Trace, string Color)> entries;
    private readonly double legendTop;
    private readonly double keyWidth;

    private Header(Layout layout, IReadOnlyList<(Trace Trace, string Color)> entries, bool panelTitles)
    {
        (this.layout, this.entries) = (layout, entries);
        keyWidth = entries.Count > 0 ? entries.Max(entry => TracePainter.KeyWidth(entry.Trace)) : 0;
        legendTop =
            layout.Title is null ? 8
            : layout.Title.Subtitle is null ? 36
            : 54;
        Height =
            (
                entries.Count > 0 ? legendTop + Rows() * LegendRow + 10
                : layout.Title is null ? 12
                : legendTop + 6
            ) + (panelTitles ? 20 : 0);
    }

    /// <summary>Pixels from the top of the figure to the plotting area, at least.</summary>
    public double Height { get; }

    public static Header Of(Figure figure, IReadOnlyList<Panel> panels)
    {
        var layout = figure.Layout;
        var listed = panels
            .SelectMany(panel => panel.Traces)
            .Where(t => t.Trace is { Name: not null, ShowLegend: not false } and not Heatmap)
            .Select(t => (t.Trace, TracePainter.ColorOf(t.Trace, t.Color, figure)))
            .ToArray();
        var show = layout.ShowLegend ?? listed.Length > 1;
        var above = layout.Annotations?.Any(a => a is { YAnchor: "bottom", Y: 1 }) ?? false;
        return new Header(layout, show ? listed : [], above);
    }

    public void Draw(SvgWriter svg, Box area)
    {
        // A headline stands over the labels too, so that long ones have room.
        var left = Math.Min(area.Left, 16);
        if (layout.Title is { } title)
        {
            svg.Element(
                "text",
                SvgWriter.Escape(title.Text),
                ("x", left),
                ("y", 25),
                ("font-size", title.Font?.Size ?? 15),
                ("font-weight", title.Font?.Weight ?? 600)
            );
            if (title.Subtitle is { } subtitle)
            {
                svg.Element("text", SvgWriter.Escape(subtitle.Text), ("x", left), ("y", 44), ("fill-opacity", "0.65"));
            }
        }

        foreach (var ((trace, color), (at, row)) in entries.Zip(Places(Math.Min(area.Left, 16))))
        {
            var (x, middle) = (at, legendTop + (row + 0.5) * LegendRow);
            TracePainter.DrawKey(svg, trace, color, x, middle, keyWidth);
            svg.Element(
                "text",
                SvgWriter.Escape(trace.Name!),
                ("x", x + keyWidth + 6),
                ("y", middle + 4),
                ("fill-opacity", "0.85")
            );
        }
    }

    /// <summary>The most rows that a legend takes in a figure of usual width, here and in plotly, which gives all entries the width of the longest.</summary>
    public static int LegendRows(IReadOnlyList<string> names)
    {
        const double Key = 45;
        var longest = names.Max(name => TextMetrics.Width(name, 12)) + Key;
        var inRow = Math.Clamp((int)(Usual / longest), 1, names.Count);
        return (names.Count + inRow - 1) / inRow;
    }

    private int Rows() => Places(16).Max(place => place.Row) + 1;

    /// <summary>Where each entry stands: beside the one before, or below where the row is full.</summary>
    private List<(double X, int Row)> Places(double left)
    {
        var places = new List<(double, int)>();
        var (x, row) = (left, 0);
        foreach (var (trace, _) in entries)
        {
            var width = keyWidth + 6 + TextMetrics.Width(trace.Name!, 12);
            if (x > left && x + width > (layout.Width ?? Layout.UsualWidth) - 8)
            {
                (x, row) = (left, row + 1);
            }

            places.Add((x, row));
            x += width + 18;
        }

        return places;
    }
}
