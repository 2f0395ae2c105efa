namespace TResNet.Charts.Svg;

/// <summary>
/// Draws a figure as a static SVG, laid out as plotly does: margins, domains, axes, traces, legend. Text and grid take the page's colour
/// (<c>currentColor</c>); when the picture stands alone, it follows the system's light or dark scheme.
/// </summary>
internal static class SvgRenderer
{
    public static string Render(Figure whole)
    {
        var drawn = StaticFigure.Of(whole);
        var (figure, width, height) = (drawn.Figure, drawn.Width, drawn.Height);
        var layout = figure.Layout;
        var panels = Panel.Of(drawn);
        var header = Header.Of(figure, panels);
        var area = Area(drawn, panels, header);
        foreach (var panel in panels)
        {
            panel.Place(area);
        }

        var svg = new SvgWriter();
        svg.Open(
            "svg",
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("viewBox", $"0 0 {SvgWriter.Number(width)} {SvgWriter.Number(height)}"),
            ("width", width),
            ("height", height),
            ("role", "img"),
            ("aria-label", FigureLabel.Of(whole)),
            ("style", "max-width:100%;height:auto"),
            ("font-family", layout.Font?.Family ?? Layout.UsualFont),
            ("font-size", layout.Font?.Size ?? 12),
            ("fill", "currentColor")
        );
        svg.Element("style", Picture.ColorsAlone);
        header.Draw(svg, area);
        foreach (var panel in panels)
        {
            AxisPainter.DrawGrid(svg, panel);
            TracePainter.Draw(svg, panel, figure);
            AxisPainter.DrawLabels(svg, panel);
        }

        foreach (var annotation in layout.Annotations ?? [])
        {
            DrawAnnotation(svg, annotation, panels, area);
        }

        if (drawn.Missing.Count > 0)
        {
            DrawMissing(svg, drawn, area);
        }

        return svg.Close().ToString().TrimEnd('\n');
    }

    /// <summary>The plotting area: what the margins leave, once labels have the room they need.</summary>
    private static Box Area(StaticFigure figure, IReadOnlyList<Panel> panels, Header header)
    {
        var inner = figure.Area;
        var left = inner.Left;
        foreach (var panel in panels.Where(p => p.YAxis.AutoMargin != false && (p.XAxis.Domain?[0] ?? 0) == 0))
        {
            left = Math.Max(left, AxisPainter.RoomOnTheLeft(panel));
        }

        var top = Math.Max(inner.Top, header.Height);
        var area = new Box(left, top, Math.Max(10, inner.Right - left), Math.Max(10, inner.Bottom - top));
        var bottom = figure.Height - inner.Bottom;
        foreach (var panel in panels.Where(p => p.XAxis.AutoMargin != false))
        {
            panel.Place(area);
            bottom = Math.Max(bottom, AxisPainter.RoomForTilted(panel));
        }

        return area with
        {
            Height = Math.Max(10, figure.Height - top - bottom),
        };
    }

    private static void DrawAnnotation(SvgWriter svg, Annotation annotation, IReadOnlyList<Panel> panels, Box area)
    {
        // Where there are axes, a place is one of theirs, as in plotly.
        var (xRef, yRef) = (
            annotation.XRef ?? panels.FirstOrDefault()?.XName ?? "paper",
            annotation.YRef ?? panels.FirstOrDefault()?.YName ?? "paper"
        );
        if (annotation.OtherAttributes is { } others && (others.ContainsKey("x") || others.ContainsKey("y")))
        {
            return; // a date, or a category
        }

        var x = Place(xRef, annotation.X ?? 0, panels, area, vertical: false) + (annotation.XShift ?? 0);
        var y = Place(yRef, annotation.Y ?? 0, panels, area, vertical: true) - (annotation.YShift ?? 0);
        var size = annotation.Font?.Size ?? 12;
        var lines = annotation.Text.Split("<br>");
        var block = (lines.Length - 1) * size * 1.35;
        var first = annotation.YAnchor switch
        {
            "top" => y + size * 0.85,
            "bottom" => y - block - size * 0.2,
            _ => y - block / 2 + size * 0.35,
        };
        for (var i = 0; i < lines.Length; i++)
        {
            var bold = lines[i].Contains("<b>") || annotation.Font?.Weight >= 600;
            svg.Element(
                "text",
                SvgWriter.Escape(lines[i].Replace("<b>", "").Replace("</b>", "")),
                ("x", x),
                ("y", first + i * size * 1.35),
                (
                    "text-anchor",
                    annotation.XAnchor switch
                    {
                        "left" => null,
                        "right" => "end",
                        _ => "middle",
                    }
                ),
                ("font-size", size == 12 ? null : size),
                ("font-weight", bold ? 600 : null),
                ("fill-opacity", bold ? null : "0.75"),
                ("fill", annotation.Font?.Color)
            );
        }
    }

    /// <summary>Says what is not in the picture, where nothing else is.</summary>
    private static void DrawMissing(SvgWriter svg, StaticFigure figure, Box area)
    {
        var all = figure.Figure.Data.Count == 0;
        var kinds = string.Join(" and ", figure.Missing);
        svg.Element(
            "text",
            $"{(all ? "" : "Without ")}{SvgWriter.Escape(kinds)}: drawn by plotly.js, where scripts run",
            ("x", all ? figure.Width / 2 : area.Right),
            ("y", all ? figure.Height / 2 : figure.Height - 8),
            ("text-anchor", all ? "middle" : "end"),
            ("font-size", all ? null : 10.0),
            ("fill-opacity", "0.65")
        );
    }

    private static double Place(string reference, double value, IReadOnlyList<Panel> panels, Box area, bool vertical)
    {
        if (reference == "paper")
        {
            return vertical ? area.Bottom - value * area.Height : area.Left + value * area.Width;
        }

        var axis = reference.Split(' ')[0];
        var panel = panels.FirstOrDefault(p => (vertical ? p.YName : p.XName) == axis);
        if (panel is null)
        {
            return vertical ? area.Bottom : area.Left;
        }

        var scale = vertical ? panel.Y : panel.X;
        return reference.EndsWith("domain", StringComparison.Ordinal)
            ? (vertical ? panel.Box.Bottom - value * panel.Box.Height : panel.Box.Left + value * panel.Box.Width)
            : scale.PixelOf(value);
    }
}
