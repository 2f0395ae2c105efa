namespace TResNet.Charts.Svg;

/// <summary>Draws the traces of a panel, each cut at the panel's edges.</summary>
internal static class TracePainter
{
    /// <summary>Pixels that marks may stand out over the panel's edge.</summary>
    private const double Overhang = 6;

    private const double MarkSize = 6;

    private const double KeySize = 10;

    /// <summary>Pixels within which a line answers the pointer.</summary>
    private const double TargetSize = 14;

    /// <summary>Pixels between a mark and its label.</summary>
    internal const double LabelGap = 5;

    public static string ColorOf(Trace trace, int index, Figure figure)
    {
        var own = trace switch
        {
            Scatter s => s.Line?.Color ?? s.Marker?.Color,
            Bar b => b.Marker?.Color,
            _ => null,
        };
        return own
            ?? (
                figure.Layout.Colorway is { Count: > 0 } way
                    ? way[index % way.Count]
                    : Palette.Series[index % Palette.Series.Count]
            );
    }

    public static void Draw(SvgWriter svg, Panel panel, Figure figure)
    {
        // A nested svg clips by itself; a clipPath would need an id that is unique in the whole page.
        var box = panel.Box;
        var over = panel.Traces.Any(t => t.Trace is Scatter { HasMarkers: true } or Bar) ? Overhang : 1;

        // Marks at an edge are whole within the overhang; labels need more, and lines that are to be cut forbid it.
        var cut = panel.Traces.Any(t => t.Trace is Scatter { HasMarkers: false, ClipOnAxis: not false });
        var loose = panel.Traces.Any(t =>
            t.Trace is Scatter { HasText: true } or Bar { ClipOnAxis: false }
            || t.Trace is Scatter { ClipOnAxis: false } && !cut
        );
        var (x, y, width, height) = (box.Left - over, box.Top - over, box.Width + 2 * over, box.Height + 2 * over);
        svg.Open(
            "svg",
            ("x", x),
            ("y", y),
            ("width", width),
            ("height", height),
            (
                "viewBox",
                $"{SvgWriter.Number(x)} {SvgWriter.Number(y)} {SvgWriter.Number(width)} {SvgWriter.Number(height)}"
            ),
            ("overflow", loose ? "visible" : null)
        );
        var bars = panel.Traces.Select(t => t.Trace).OfType<Bar>().ToArray();
        foreach (var (trace, index) in panel.Traces)
        {
            var color = ColorOf(trace, index, figure);
            switch (trace)
            {
                case Scatter scatter:
                    DrawScatter(svg, panel, scatter, color);
                    break;
                case Bar bar:
                    BarPainter.Draw(svg, panel, bar, (Array.IndexOf(bars, bar), bars.Length), color, figure.Layout);
                    break;
                case Heatmap map:
                    HeatmapPainter.Draw(svg, panel, map);
                    break;
            }
        }

        svg.Close();
    }

    /// <summary>How wide a legend's key is: of a line that is not solid, some of its dashes have to be seen beside the mark.</summary>
    public static double KeyWidth(Trace trace) =>
        trace is Scatter { Line: { } line } && Dashes(line) is not null ? 38 : 18;

    /// <summary>The legend's key: a piece of the line, the mark, or a small bar.</summary>
    public static void DrawKey(SvgWriter svg, Trace trace, string color, double x, double y, double width)
    {
        if (trace is not Scatter scatter)
        {
            svg.Element(
                "rect",
                null,
                ("x", x + 6),
                ("y", y - 5),
                ("width", 11.0),
                ("height", 11.0),
                ("rx", 2.0),
                ("fill", color)
            );
            return;
        }

        if (scatter.HasLines)
        {
            svg.Element(
                "path",
                null,
                ("d", $"M{SvgWriter.Number(x)} {SvgWriter.Number(y)}h{SvgWriter.Number(width)}"),
                ("stroke", color),
                ("stroke-width", scatter.Line?.Width ?? 2),
                ("stroke-linecap", "round"),
                ("stroke-dasharray", Dashes(scatter.Line)),
                ("stroke-opacity", scatter.Opacity)
            );
        }

        if (scatter.HasMarkers)
        {
            var size = scatter.Marker?.Size switch
            {
                null => MarkSize,
                { Varies: true } => KeySize,
                var same => same[0],
            };
            DrawMark(svg, scatter.Marker, size, color, x + width / 2, y, null);
        }
    }

    /// <summary>A vertical or horizontal line with ends.</summary>
    public static void DrawError(SvgWriter svg, ErrorBars error, double x0, double y0, double x1, double y1)
    {
        var (w, vertical) = (error.Width ?? 3, x0 == x1);
        string N(double value) => SvgWriter.Number(value);
        var path = vertical
            ? $"M{N(x0 - w)} {N(y0)}h{N(2 * w)}M{N(x0)} {N(y0)}V{N(y1)}M{N(x0 - w)} {N(y1)}h{N(2 * w)}"
            : $"M{N(x0)} {N(y0 - w)}v{N(2 * w)}M{N(x0)} {N(y0)}H{N(x1)}M{N(x1)} {N(y0 - w)}v{N(2 * w)}";
        svg.Element(
            "path",
            null,
            ("d", path),
            ("stroke", "currentColor"),
            ("stroke-opacity", "0.65"),
            ("stroke-width", error.Thickness ?? 1.2),
            ("fill", "none")
        );
    }

    private static void DrawScatter(SvgWriter svg, Panel panel, Scatter scatter, string color)
    {
        if (scatter is not { X: { } xs, Y: { } ys })
        {
            return;
        }

        var points = new List<(double X, double Y)>(xs.Count);
        for (var i = 0; i < Math.Min(xs.Count, ys.Count); i++)
        {
            points.Add((panel.X.PixelOf(xs, i), panel.Y.PixelOf(ys, i)));
        }

        if (scatter.Fill is not null)
        {
            DrawArea(svg, points, panel.Y.Origin, scatter.FillColor, color);
        }

        if (scatter.HasLines)
        {
            svg.Element(
                "path",
                null,
                ("d", LinePath.Of(points)),
                ("fill", "none"),
                ("stroke", color),
                ("stroke-width", scatter.Line?.Width ?? 2),
                ("stroke-linejoin", "round"),
                ("stroke-linecap", "round"),
                ("stroke-dasharray", Dashes(scatter.Line)),
                ("stroke-opacity", scatter.Opacity)
            );
        }

        if (scatter.ErrorY is { Array: { } up } error && ys.Numbers is { } values)
        {
            for (var i = 0; i < points.Count; i++)
            {
                var down = panel.Y.PixelOf(values[i] - (error.ArrayMinus ?? up)[i]);
                DrawError(svg, error, points[i].X, down, points[i].X, panel.Y.PixelOf(values[i] + up[i]));
            }
        }

        if (!scatter.HasMarkers && !scatter.HasText)
        {
            DrawTargets(svg, panel, scatter, points);
            return;
        }

        for (var i = 0; i < points.Count; i++)
        {
            DrawPoint(svg, scatter, color, points[i], i);
        }
    }

    /// <summary>Places of a line that answer the pointer, as far apart as one can aim.</summary>
    private static void DrawTargets(SvgWriter svg, Panel panel, Scatter scatter, List<(double X, double Y)> points)
    {
        svg.Open("g", ("fill", "none"), ("pointer-events", "all"));
        var free = double.NegativeInfinity;
        for (var i = 0; i < points.Count; i++)
        {
            var (x, y) = points[i];
            if (x >= free && double.IsFinite(y) && y >= panel.Box.Top && y <= panel.Box.Bottom)
            {
                svg.Hinted(
                    "circle",
                    HoverText.Of(scatter, i, scatter.HoverText?.ElementAtOrDefault(i)),
                    ("cx", x),
                    ("cy", y),
                    ("r", TargetSize / 2)
                );
                free = x + TargetSize;
            }
        }

        svg.Close();
    }

    private static void DrawPoint(SvgWriter svg, Scatter scatter, string color, (double X, double Y) point, int index)
    {
        if (!double.IsFinite(point.X) || !double.IsFinite(point.Y))
        {
            return;
        }

        var label = scatter.Text?.ElementAtOrDefault(index);
        var size = scatter.Marker?.Size?.At(index, MarkSize) ?? MarkSize;
        var hint = HoverText.Of(scatter, index, scatter.HoverText?.ElementAtOrDefault(index) ?? label);
        if (scatter.HasMarkers)
        {
            DrawMark(svg, scatter.Marker, size, color, point.X, point.Y, hint);
        }

        if (!scatter.HasText || string.IsNullOrEmpty(label))
        {
            return;
        }

        var position = scatter.TextPosition?.At(index, "middle center") ?? "middle center";
        var away = size / 2 + LabelGap;
        var x =
            point.X
            + (
                position.EndsWith("right", StringComparison.Ordinal) ? away
                : position.EndsWith("left", StringComparison.Ordinal) ? -away
                : 0
            );
        var y =
            point.Y
            + (
                position.StartsWith("top", StringComparison.Ordinal) ? -away
                : position.StartsWith("bottom", StringComparison.Ordinal) ? away + 8
                : 4
            );
        var anchor =
            position.EndsWith("right", StringComparison.Ordinal) ? null
            : position.EndsWith("left", StringComparison.Ordinal) ? "end"
            : "middle";
        svg.Element(
            "text",
            SvgWriter.Escape(label),
            ("x", x),
            ("y", y),
            ("text-anchor", anchor),
            ("fill-opacity", "0.9")
        );
    }

    private static void DrawArea(
        SvgWriter svg,
        List<(double X, double Y)> points,
        double bottom,
        string? fill,
        string color
    )
    {
        var drawn = points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToList();
        if (drawn.Count > 1)
        {
            var path = $"{LinePath.Of(drawn)}V{SvgWriter.Number(bottom)}H{SvgWriter.Number(drawn[0].X)}Z";
            svg.Element(
                "path",
                null,
                ("d", path),
                ("fill", fill ?? color),
                ("fill-opacity", fill is null ? "0.12" : null)
            );
        }
    }

    private static void DrawMark(
        SvgWriter svg,
        Marker? marker,
        double size,
        string color,
        double x,
        double y,
        string? hint
    )
    {
        var radius = size / 2;
        var opacity = marker?.Opacity;
        switch (marker?.Symbol)
        {
            case Symbol.Square:
                svg.Hinted(
                    "rect",
                    hint,
                    ("x", x - radius),
                    ("y", y - radius),
                    ("width", 2 * radius),
                    ("height", 2 * radius),
                    ("fill", color),
                    ("fill-opacity", opacity)
                );
                break;
            case Symbol.Diamond:
                var r = SvgWriter.Number(radius * 1.3);
                svg.Hinted(
                    "path",
                    hint,
                    ("d", $"M{SvgWriter.Number(x - radius * 1.3)} {SvgWriter.Number(y)}l{r} -{r}l{r} {r}l-{r} {r}z"),
                    ("fill", color),
                    ("fill-opacity", opacity)
                );
                break;
            default:
                svg.Hinted(
                    "circle",
                    hint,
                    ("cx", x),
                    ("cy", y),
                    ("r", radius),
                    ("fill", color),
                    ("fill-opacity", opacity)
                );
                break;
        }
    }

    private static string? Dashes(Line? line) =>
        line?.Dash switch
        {
            Dash.Dot => "1 5",
            Dash.Dash => "6 5",
            _ => null,
        };
}
