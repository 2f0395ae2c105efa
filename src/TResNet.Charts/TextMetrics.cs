namespace TResNet.Charts;

/// <summary>
/// How wide a text will be, without a font: the widths of common sans-serif fonts' letters, rounded up. Layout errs on the side of room.
/// </summary>
internal static class TextMetrics
{
    /// <summary>Pixels from a line to the next, for each pixel of the font's size.</summary>
    public const double LineHeight = 1.3;

    /// <summary>The lines of a text, between plotly's marks.</summary>
    public static string[] Lines(string text) => text.Split("<br>");

    /// <summary>The width of the widest line.</summary>
    public static double Widest(string text, double size) => Lines(text).Max(line => Width(line, size));

    public static double Width(string text, double size, bool bold = false)
    {
        var width = 0.0;
        foreach (var letter in text)
        {
            width += letter switch
            {
                'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '\'' or '|' or '!' => 0.3,
                ' ' or 'f' or 't' or 'r' or '(' or ')' or '[' or ']' or '-' or '/' => 0.38,
                'm' or 'w' or 'M' or 'W' or '@' or '%' => 0.92,
                '×' or '↓' or '+' or '=' => 0.84,
                >= 'A' and <= 'Z' => 0.7,
                _ => 0.6,
            };
        }

        return width * size * (bold ? 1.14 : 1);
    }
}
