using System.Reflection;
using TResNet.Charts;

namespace TResNet.Interactive.ForeignCharts;

/// <summary>Charts of Plotly.NET, https://plotly.net, which are plotly's JSON.</summary>
internal static class PlotlyNetCharts
{
    public static Figure ToFigure(object chart)
    {
        // A chart's class is derived from GenericChart, whose functions are static.
        var type = chart.GetType();
        while (type.BaseType is { } below && below != typeof(object))
        {
            type = below;
        }

        var json = type.GetMethod("toJson", BindingFlags.Public | BindingFlags.Static, [type]);
        return Figure.FromJson((string)json!.Invoke(null, [chart])!);
    }
}
