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

    /// <summary>Those of the figures that HTML carries as data. What draws by scripts of its own may draw anything.</summary>
    /// <param name="html">An output.</param>
    public static IEnumerable<string> InHtml(string html) =>
        !html.Contains("Plotly", StringComparison.OrdinalIgnoreCase) ? []
        : Figures().Matches(html) is { Count: > 0 } figures
            ? figures.SelectMany(figure => Of(figure.Groups["json"].Value)).Distinct()
        : [Any];

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
        "<script[^>]*type=[\"']?application/vnd\\.plotly\\.v1\\+json[\"']?[^>]*>(?<json>.*?)</script>",
        RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Figures();
}
