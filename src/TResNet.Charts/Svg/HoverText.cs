using System.Net;
using System.Text.RegularExpressions;

namespace TResNet.Charts.Svg;

/// <summary>What a point says when it is pointed at, by plotly's templates: <c>%{x}: %{y:.1%}&lt;extra&gt;&lt;/extra&gt;</c>.</summary>
internal static partial class HoverText
{
    /// <summary>The text of a trace's point; null where it has none.</summary>
    /// <param name="trace">The trace; its template decides, else what is said of the point, else its name and its place.</param>
    /// <param name="index">The point.</param>
    /// <param name="own">What is said of this point alone; null for nothing.</param>
    public static string? Of(Trace trace, int index, string? own)
    {
        if (trace is not { X: { } x, Y: { } y })
        {
            return own;
        }

        if (trace.HoverTemplate is null && own is not null)
        {
            return own;
        }

        var template = trace.HoverTemplate ?? (trace.Name is null ? "%{x}: %{y}" : $"{trace.Name}, %{{x}}: %{{y}}");
        var filled = Field()
            .Replace(
                Extra().Replace(template, ""),
                match =>
                {
                    var format = match.Groups["format"] is { Success: true } given ? given.Value : null;
                    return match.Groups["name"].Value switch
                    {
                        "x" => Value(x, index, format),
                        "y" => Value(y, index, format),
                        "hovertext" or "text" => own ?? "",
                        _ => match.Value,
                    };
                }
            );
        return WebUtility.HtmlDecode(Tag().Replace(filled.Replace("<br>", "\n"), ""));
    }

    private static string Value(Coordinates coordinates, int index, string? format) =>
        coordinates.Labels?[index] ?? NumberFormat.Format(coordinates.Numbers![index], format);

    [GeneratedRegex(@"%\{(?<name>\w+)(?::(?<format>[^}]+))?\}")]
    private static partial Regex Field();

    [GeneratedRegex("<extra>.*?</extra>")]
    private static partial Regex Extra();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tag();
}
