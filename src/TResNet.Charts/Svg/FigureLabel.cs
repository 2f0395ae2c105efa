using System.Net;

namespace TResNet.Charts.Svg;

/// <summary>What a figure says to those who cannot see it: its message, and the main numbers of its traces.</summary>
internal static class FigureLabel
{
    private const int MostTraces = 6;
    private const int MostPoints = 6;

    /// <summary>The message, then a part for each trace that has numbers.</summary>
    public static string Of(Figure figure)
    {
        var parts = figure.Data.Select(trace => Numbers(trace)).OfType<string>().ToArray();
        var more = parts.Length > MostTraces ? [$"{parts.Length - MostTraces} more"] : Array.Empty<string>();
        return string.Join("; ", [Message(figure), .. parts.Take(MostTraces), .. more]);
    }

    private static string Message(Figure figure)
    {
        var said = figure.ToString();
        var subtitle = WebUtility.HtmlDecode(figure.Layout.Title?.Subtitle?.Text ?? "");
        return said.Contains(subtitle, StringComparison.Ordinal) ? said : $"{said} ({subtitle})";
    }

    private static string? Numbers(Trace trace) =>
        trace switch
        {
            Heatmap map => Largest(map),
            Bar bar => Points(bar, bar.Text),
            Scatter { Mode: ScatterMode.Markers or ScatterMode.MarkersText } marks => Points(
                marks,
                marks.HoverText ?? marks.Text
            ),
            Scatter line => Range(line),
            _ => null,
        };

    /// <summary>A few points one by one, of many how many they are.</summary>
    private static string? Points(Trace trace, IReadOnlyList<string>? own)
    {
        var count = Math.Min(trace.X?.Count ?? 0, trace.Y?.Count ?? 0);
        if (count is 0 or > MostPoints)
        {
            return count == 0 ? null : $"{WebUtility.HtmlDecode(trace.Name ?? "points")}: {count:N0}";
        }

        var said = Enumerable.Range(0, count).Select(i => Said(trace, i, own?.ElementAtOrDefault(i)));
        return string.Join(", ", said);
    }

    private static string Said(Trace trace, int index, string? own) =>
        (
            trace is Bar { HoverTemplate: null } bar
                ? BarPainter.Hint(bar, index)
                : HoverText.Of(trace, index, own) ?? ""
        ).ReplaceLineEndings(", ");

    private static string? Range(Scatter line)
    {
        var values = line.Y?.Numbers?.Where(double.IsFinite).ToArray() ?? [];
        if (values.Length == 0)
        {
            return null;
        }

        var name = WebUtility.HtmlDecode(line.Name ?? "line");
        return values.Length == 1
            ? $"{name} {Short(values[0])}"
            : $"{name} from {Short(values[0])} to {Short(values[^1])}";
    }

    private static string? Largest(Heatmap map)
    {
        var cells = map
            .Z.SelectMany((row, y) => row.Select((value, x) => (Value: value, X: x, Y: y)))
            .Where(cell => double.IsFinite(cell.Value))
            .ToArray();
        if (cells.Length == 0)
        {
            return null;
        }

        var (value, x, y) = cells.MaxBy(cell => cell.Value);
        return $"the largest of {cells.Length:N0} is {Short(value)} at {map.Y?.Labels?[y] ?? $"row {y + 1}"}, {map.X?.Labels?[x] ?? $"column {x + 1}"}";
    }

    private static string Short(double value) => NumberFormat.Format(value, Math.Abs(value) >= 1000 ? ".4~s" : ".4~g");
}
