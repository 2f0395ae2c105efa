using System.Text.Json.Nodes;
using Microsoft.FSharp.Collections;
using Plotly.NET;

namespace TResNet.PlotlyNet;

/// <summary>Figures of <see cref="Charts"/> to charts of Plotly.NET and back: both are plotly's JSON, so nothing is lost on the way.</summary>
public static class FigureConversions
{
    extension(Charts.Figure figure)
    {
        /// <summary>The figure as a chart that Plotly.NET styles, combines and puts into grids.</summary>
        /// <remarks><c>Plotly.NET.CSharp.Chart.Grid([Plots.Loss(run).ToGenericChart(), mine], nRows: 1, nCols: 2)</c></remarks>
        /// <exception cref="ArgumentException">The figure has something besides data, layout and config, such as the frames of an animation.</exception>
        public GenericChart ToGenericChart()
        {
            var source = JsonNode.Parse(figure.ToJson())!.AsObject();
            if (source.FirstOrDefault(each => !HasPlaceFor(each.Key, each.Value)).Key is { } extra)
            {
                throw new ArgumentException(
                    $"This figure has {extra} beside data, layout and config, for which a chart of Plotly.NET has no place: convert it without."
                );
            }

            var traces = source["data"]!.AsArray().Select(each => PlotlyNetObjects.ToTrace(each!.AsObject()));
            var layout = PlotlyNetObjects.Fill(new Layout(), source["layout"]!.AsObject());
            var config = PlotlyNetObjects.Fill(new Config(), source["config"] as JsonObject ?? []);
            var display = Defaults.DefaultDisplayOptions;
            return ListModule.OfSeq(traces) is { Length: 1 } one
                ? GenericChart.NewChart(one.Head, layout, config, display)
                : GenericChart.NewMultiChart(ListModule.OfSeq(traces), layout, config, display);
        }
    }

    extension(GenericChart chart)
    {
        /// <summary>The chart as a figure, which is shown, drawn as SVG and changed without Plotly.NET.</summary>
        public Charts.Figure ToFigure() => Charts.Figure.FromJson(GenericChart.toJson(chart));
    }

    private static bool HasPlaceFor(string name, JsonNode? value) =>
        name is "data" or "layout" or "config" || name == "frames" && value is JsonArray { Count: 0 };
}
