namespace TResNet.Charts.Svg;

/// <summary>
/// Draws a figure as a static SVG, laid out as plotly does: margins, domains, axes, traces, legend. Text and grid take the page's colour
/// (<c>currentColor</c>); when the picture stands alone, it follows the system's light or dark scheme.
/// </summary>
internal static class SvgRenderer
{
    public static string Render(Figure figure)
    {
        var layout = figure.Layout;
        double width = layout.Width ?? Layout.UsualWidth;
        double height = layout.Height;
        var panels = Panel.Of(figure);
        var header = Header.Of(figure, panels);
        var area = Area(layout, panels, header, width, height);
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
            ("aria-label", FigureLabel.Of(figure)),
            ("style", "max-width:100%;height:auto"),
            ("font-family", layout.Font.Family),
            ("font-size", layout.Font.Size ?? 12),
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

        return svg.Close().ToString().TrimEnd('\n');
    }

    /// <summary>The plotting area: what the margins leave, once labels have the room they need.</summary>
    private static Box Area(Layout layout, IReadOnlyList<Panel> panels, Header header, double width, double height)
    {
        var margin = layout.Margin;
        var left = margin.L;
        foreach (var panel in panels.Where(p => p.YAxis.AutoMargin && (p.XAxis.Domain?[0] ?? 0) == 0))
        {
            left = Math.Max(left, AxisPainter.RoomOnTheLeft(panel));
        }

        var top = Math.Max(margin.T, header.Height);
        var area = new Box(left, top, Math.Max(10, width - left - margin.R), Math.Max(10, height - top - margin.B));
        var bottom = margin.B;
        foreach (var panel in panels.Where(p => p.XAxis.AutoMargin))
        {
            panel.Place(area);
            bottom = Math.Max(bottom, AxisPainter.RoomForTilted(panel));
        }

        return area with
        {
            Height = Math.Max(10, height - top - bottom),
        };
    }

    private static void DrawAnnotation(SvgWriter svg, Annotation annotation, IReadOnlyList<Panel> panels, Box area)
    {
        var x = Place(annotation.XRef, annotation.X, panels, area, vertical: false) + (annotation.XShift ?? 0);
        var y = Place(annotation.YRef, annotation.Y, panels, area, vertical: true) - (annotation.YShift ?? 0);
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
