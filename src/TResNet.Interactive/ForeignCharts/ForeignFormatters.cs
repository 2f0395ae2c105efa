using System.Reflection;
using Microsoft.DotNet.Interactive.Formatting;
using Notebook;
using TResNet.Charts;
using TResNet.Charts.Svg;

namespace TResNet.Interactive.ForeignCharts;

/// <summary>
/// Shows charts of other libraries as the project's own: interactive without a network, with a static picture beside. Nothing of them is needed to
/// compile or to run this; they are known by their names as soon as a cell references them.
/// </summary>
internal static class ForeignFormatters
{
    public static void Register(INotebook notebook)
    {
        notebook.WhenReferenced(
            "Plotly.NET",
            assembly => RegisterFigure(assembly, ["Plotly.NET.GenericChart"], PlotlyNetCharts.ToFigure)
        );
        notebook.WhenReferenced(
            "XPlot.Plotly",
            assembly => RegisterFigure(assembly, ["XPlot.Plotly.PlotlyChart"], XPlotCharts.ToFigure)
        );
        notebook.WhenReferenced(
            "ScottPlot",
            assembly => RegisterPicture(assembly, ["ScottPlot.Plot", "ScottPlot.Multiplot"], ScottPlotCharts.ToSvg)
        );
    }

    private static void RegisterFigure(Assembly assembly, string[] names, Func<object, Figure> figure)
    {
        foreach (var type in Known(assembly, names))
        {
            Register(type, chart => figure(chart).ToJson(), Figure.PlotlyMimeType);
            Register(type, chart => figure(chart).ToSvg(), "image/svg+xml");
            Register(type, chart => figure(chart).ToHtml(), HtmlFormatter.MimeType);
            Register(type, chart => figure(chart).ToString(), PlainTextFormatter.MimeType);
        }
    }

    private static void RegisterPicture(Assembly assembly, string[] names, Func<object, string> svg)
    {
        foreach (var type in Known(assembly, names))
        {
            Register(type, svg, "image/svg+xml");
            Register(type, chart => ScottPlotCharts.ToHtml(svg(chart)), HtmlFormatter.MimeType);
            Register(type, chart => chart.GetType().FullName!, PlainTextFormatter.MimeType);
        }
    }

    private static IEnumerable<Type> Known(Assembly assembly, string[] names) =>
        names.Select(assembly.GetType).OfType<Type>();

    private static void Register(Type type, Func<object, string> form, string mimeType) =>
        Formatter.Register(type, (value, writer) => writer.Write(form(value)), mimeType);
}
