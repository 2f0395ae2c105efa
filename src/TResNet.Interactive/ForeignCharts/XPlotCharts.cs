using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using TResNet.Charts;

namespace TResNet.Interactive.ForeignCharts;

/// <summary>Charts of XPlot.Plotly, which give their data and layout as JSON within a script for plotly.js 1.</summary>
internal static class XPlotCharts
{
    public static Figure ToFigure(object chart)
    {
        var type = chart.GetType();
        var script = (string)type.GetMethod("GetInlineJS", [])!.Invoke(chart, null)!;
        var layout = Assigned(script, "layout") as JsonObject ?? [];
        layout["width"] ??= (int)type.GetProperty("Width")!.GetValue(chart)!;
        layout["height"] ??= (int)type.GetProperty("Height")!.GetValue(chart)!;
        Renew(layout);
        return Figure.FromJson(
            new JsonObject { ["data"] = Assigned(script, "data"), ["layout"] = layout }.ToJsonString()
        );
    }

    /// <summary>The value of <c>var name = JSON;</c>: it ends where the JSON does.</summary>
    private static JsonNode? Assigned(string script, string name)
    {
        var start = $"var {name} = ";
        var at = script.IndexOf(start, StringComparison.Ordinal);
        var reader = new Utf8JsonReader(
            Encoding.UTF8.GetBytes(script[(at + start.Length)..]),
            new JsonReaderOptions { AllowMultipleValues = true }
        );
        return JsonNode.Parse(ref reader);
    }

    // plotly.js 3 took away titles that are texts, and titlefont beside them.
    private static void Renew(JsonObject layout)
    {
        foreach (var inner in layout.Select(each => each.Value).OfType<JsonObject>().ToList())
        {
            Renew(inner);
        }

        if (layout["title"] is JsonValue title)
        {
            layout["title"] = new JsonObject { ["text"] = title.DeepClone() };
        }

        if (layout["titlefont"] is { } font)
        {
            layout.Remove("titlefont");
            layout["title"] ??= new JsonObject();
            layout["title"]!["font"] = font;
        }
    }
}
