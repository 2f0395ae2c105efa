using System.Text.Json;
using System.Text.RegularExpressions;

namespace Notebook.Pages;

/// <summary>Which kinds of traces figures have, by Plotly's names, https://plotly.com/javascript/reference.</summary>
internal static partial class FigureTraces
{
    /// <summary>Stands for what cannot be told.</summary>
    public const string Any = "*";

    /// <summary>Those of one figure and of its frames.</summary>
    /// <param name="json">The figure.</param>
    public static IEnumerable<string> Of(string json)
    {
        try
        {
            using var figure = JsonDocument.Parse(json);
            return [.. Members(figure.RootElement, "frames").Append(figure.RootElement).SelectMany(InData).Distinct()];
        }
        catch (JsonException)
        {
            return [Any];
        }
    }

    /// <summary>Those of the figures that HTML carries as data; <see cref="Any"/> where a script draws what it has by itself.</summary>
    /// <param name="html">An output.</param>
    public static IEnumerable<string> InHtml(string html) =>
        html.Contains("Plotly", StringComparison.OrdinalIgnoreCase)
            ? Figures()
                .Matches(html)
                .SelectMany(figure => Of(figure.Groups["json"].Value))
                .Concat(OfFigures().Replace(html, "").Contains("Plotly", StringComparison.Ordinal) ? [Any] : [])
                .Distinct()
            : [];

    private static IEnumerable<string> InData(JsonElement figure) =>
        Members(figure, "data")
            .Where(trace => trace.ValueKind == JsonValueKind.Object)
            .Select(trace =>
                trace.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
                    ? type.GetString()!
                    : "scatter"
            );

    private static IEnumerable<JsonElement> Members(JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object
        && owner.TryGetProperty(name, out var list)
        && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : [];

    [GeneratedRegex(
        "<script[^>]*\\btype=[\"']?application/vnd\\.plotly\\.v1\\+json[\"']?[^>]*>(?<json>.*?)</script>",
        RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Figures();

    // The figures, and the scripts that draw them and nothing else.
    [GeneratedRegex(
        "<script[^>]*\\b(?:type|data-draws)=[\"']?application/vnd\\.plotly\\.v1\\+json[\"']?[^>]*>.*?</script>",
        RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex OfFigures();
}
