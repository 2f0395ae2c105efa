using System.Globalization;
using System.Text.RegularExpressions;

namespace TResNet.Charts.Svg;

/// <summary>Draws a matrix as coloured cells with their texts.</summary>
internal static partial class HeatmapPainter
{
    public static void Draw(SvgWriter svg, Panel panel, Heatmap map)
    {
        var values = map.Z.SelectMany(row => row).Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (low, high) = (map.ZMin ?? values.Min(), map.ZMax ?? values.Max());
        for (var row = 0; row < map.Z.Count; row++)
        {
            for (var column = 0; column < map.Z[row].Count; column++)
            {
                var value = map.Z[row][column];
                if (!double.IsFinite(value))
                {
                    continue;
                }

                var position = high > low ? Math.Clamp((value - low) / (high - low), 0, 1) : 0;
                DrawCell(svg, panel, map, row, column, position);
            }
        }
    }

    private static void DrawCell(SvgWriter svg, Panel panel, Heatmap map, int row, int column, double position)
    {
        var (x0, x1) = Edges(panel.X.PixelOf(column - 0.5), panel.X.PixelOf(column + 0.5));
        var (y0, y1) = Edges(panel.Y.PixelOf(row - 0.5), panel.Y.PixelOf(row + 0.5));
        var (gapX, gapY) = ((map.XGap ?? 0) / 2, (map.YGap ?? 0) / 2);
        var (color, alpha) = ColorAt(Known(map.ColorScale) ?? Palette.Sequential, position);
        var isWritten = map.TextTemplate is not null && !string.IsNullOrEmpty(Written(map, row, column));
        var (shown, ink) = isWritten ? Contrast.TextOn(color, alpha) : (alpha, null);
        var text = Written(map, row, column);
        var names = (panel.Y.Categories.ElementAtOrDefault(row), panel.X.Categories.ElementAtOrDefault(column));
        var hint = names is (string y, string x)
            ? $"{y}, {x}: {text ?? NumberFormat.Format(map.Z[row][column])}"
            : text;
        svg.Hinted(
            "rect",
            hint,
            ("x", x0 + gapX),
            ("y", y0 + gapY),
            ("width", x1 - x0 - 2 * gapX),
            ("height", y1 - y0 - 2 * gapY),
            ("fill", color),
            ("fill-opacity", shown < 1 ? shown.ToString("0.###", CultureInfo.InvariantCulture) : null)
        );
        if (isWritten)
        {
            var size = Math.Min(11, (y1 - y0) * 0.5);
            svg.Element(
                "text",
                SvgWriter.Escape(text!),
                ("x", (x0 + x1) / 2),
                ("y", (y0 + y1) / 2 + size * 0.36),
                ("text-anchor", "middle"),
                ("font-size", size),
                ("fill", ink),
                ("pointer-events", "none")
            );
        }
    }

    private static string? Written(Heatmap map, int row, int column) =>
        map.Text?.ElementAtOrDefault(row)?.ElementAtOrDefault(column) is { } text ? Tags().Replace(text, "") : null;

    private static (double From, double To) Edges(double a, double b) =>
        a < b ? (Math.Round(a), Math.Round(b)) : (Math.Round(b), Math.Round(a));

    private static (string Color, double Alpha) ColorAt(IReadOnlyList<ColorStop> scale, double position)
    {
        var above = 1;
        while (above < scale.Count - 1 && scale[above].At < position)
        {
            above++;
        }

        var (from, to) = (scale[above - 1], scale[above]);
        var part = to.At > from.At ? Math.Clamp((position - from.At) / (to.At - from.At), 0, 1) : 0;
        var (a, b) = (Parse(from.Color), Parse(to.Color));
        int Mix(double x, double y) => (int)Math.Round(x + (y - x) * part);
        return ($"#{Mix(a[0], b[0]):x2}{Mix(a[1], b[1]):x2}{Mix(a[2], b[2]):x2}", a[3] + (b[3] - a[3]) * part);
    }

    // Names of colours and short forms are plotly's to draw; a scale with them is drawn in ours.
    private static IReadOnlyList<ColorStop>? Known(IReadOnlyList<ColorStop>? scale) =>
        scale is { Count: > 1 } && scale.All(stop => Form().IsMatch(stop.Color)) ? scale : null;

    private static double[] Parse(string color)
    {
        if (color.StartsWith('#'))
        {
            double Channel(int at) =>
                int.Parse(color.AsSpan(at, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return [Channel(1), Channel(3), Channel(5), 1];
        }

        var parts = color[(color.IndexOf('(') + 1)..].TrimEnd(')').Split(',');
        var numbers = parts.Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        return numbers.Length == 4 ? numbers : [.. numbers, 1];
    }

    [GeneratedRegex(@"^(#[0-9a-fA-F]{6}|rgba?\(\s*[\d.]+\s*(,\s*[\d.]+\s*){2,3}\))\z")]
    private static partial Regex Form();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();
}
