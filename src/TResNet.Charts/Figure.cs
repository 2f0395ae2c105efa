using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TResNet.Charts;

/// <summary>
/// A chart: a Plotly figure built from records. It is shown as interactive Plotly where there is one, and as a static SVG that looks the
/// same everywhere else.
/// </summary>
/// <example>
/// <code>
/// new Figure
/// {
///     Data = [new Scatter { X = new[] { 1, 2, 3 }, Y = new[] { 2.3, 1.1, 0.7 }, Name = "loss" }],
///     Layout = new Layout { Title = Title.Headline("Training") },
/// }
/// </code>
/// </example>
public sealed record Figure : PlotlyObject
{
    /// <summary>The MIME type of <see cref="ToJson"/>.</summary>
    public const string PlotlyMimeType = "application/vnd.plotly.v1+json";

    /// <summary>The traces, drawn in order.</summary>
    public IReadOnlyList<Trace> Data { get; init; } = [];

    /// <summary>Titles, axes, legend.</summary>
    public Layout Layout { get; init; } = new();

    /// <summary>How the interactive chart behaves.</summary>
    public Config? Config { get; init; } = new();

    /// <summary>What the chart says, in one sentence for people who cannot see it; made from titles and names when null.</summary>
    [JsonIgnore]
    public string? Description { get; init; }

    /// <summary>The figure as plotly's JSON: an object with <c>data</c>, <c>layout</c> and <c>config</c>.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, PlotlyJson.Options);

    /// <summary>
    /// Reads a figure that was made elsewhere. What it does not set stays unset (plotly's own default holds, not this project's), and what no
    /// property holds is in <see cref="PlotlyObject.OtherAttributes"/>: <see cref="ToJson"/> writes all of it again.
    /// </summary>
    /// <param name="json">An object with <c>data</c>, <c>layout</c> and <c>config</c>, of which each may be missing.</param>
    /// <exception cref="FormatException"><paramref name="json"/> is not such an object.</exception>
    public static Figure FromJson(string json) => FigureReader.Read(json);

    /// <summary>The chart in one line of text.</summary>
    public override string ToString()
    {
        if (Description is not null)
        {
            return Description;
        }

        var names = Data.Select(trace => trace.Name).OfType<string>().Distinct().ToArray();
        var kind = Data.FirstOrDefault() switch
        {
            Bar => "bar chart",
            Heatmap => "heat map",
            Scatter { Mode: ScatterMode.Markers or ScatterMode.MarkersText } => "scatter plot",
            OtherTrace other => $"{other.Type} chart",
            _ => "line chart",
        };
        var title = WebUtility.HtmlDecode(Layout.Title?.Text ?? "Figure");
        return names.Length == 0 ? $"{title}: {kind}" : $"{title}: {kind} of {string.Join(", ", names)}";
    }
}

/// <summary>How an interactive chart behaves.</summary>
public sealed record Config : PlotlyObject
{
    /// <summary>Whether it follows the page's width.</summary>
    public bool? Responsive { get; init; } = true;

    /// <summary>Whether there are tools; when null, while the chart is pointed at.</summary>
    [JsonPropertyName("displayModeBar")]
    public bool? DisplayModeBar { get; init; }

    /// <summary>Whether the tools offer to upload the chart to plotly's server.</summary>
    [JsonPropertyName("showSendToCloud")]
    public bool? ShowSendToCloud { get; init; } = false;

    /// <summary>Whether the tools carry plotly's logo.</summary>
    public bool? DisplayLogo { get; init; } = false;
}
