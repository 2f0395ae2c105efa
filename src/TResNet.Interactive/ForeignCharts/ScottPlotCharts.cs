using TResNet.Charts.Svg;

namespace TResNet.Interactive.ForeignCharts;

/// <summary>Plots of ScottPlot 5, https://scottplot.net, which draw themselves as SVG.</summary>
internal static class ScottPlotCharts
{
    // As large as its own notebooks show them.
    private const int Width = 600;
    private const int Height = 400;

    public static string ToSvg(object plot) =>
        (string)plot.GetType().GetMethod("GetSvgXml", [typeof(int), typeof(int)])!.Invoke(plot, [Width, Height])!;

    /// <summary>The picture for front ends that take no SVG from a notebook.</summary>
    public static string ToHtml(string svg) => Picture.ToHtml(svg, "ScottPlot", Width, Height);
}
