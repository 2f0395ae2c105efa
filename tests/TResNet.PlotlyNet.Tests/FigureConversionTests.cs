using System.Text.Json.Nodes;
using Microsoft.FSharp.Core;
using Plotly.NET;
using Plotly.NET.CSharp;
using TResNet.Charts.Tests;
using Chart = Plotly.NET.Chart;
using CSharpChart = Plotly.NET.CSharp.Chart;
using Figure = TResNet.Charts.Figure;

namespace TResNet.PlotlyNet.Tests;

public sealed class FigureConversionTests
{
    public static TheoryData<string> Names => [.. Gallery.All.Keys];

    public static TheoryData<string> Kinds => [.. Made().Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_figure_is_the_same_after_having_been_a_chart(string name)
    {
        var figure = Gallery.All[name];
        var chart = figure.ToGenericChart();

        Same(figure.ToJson(), chart.ToFigure().ToJson());
        Assert.Equal(figure.Data.Count, GenericChart.countTrace(chart));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_chart_is_the_same_after_having_been_a_figure(string kind)
    {
        var chart = Made()[kind];
        var json = GenericChart.toJson(chart);

        Same(json, chart.ToFigure().ToJson());
        Same(json, GenericChart.toJson(chart.ToFigure().ToGenericChart()));
    }

    [Fact]
    public void What_Plotly_NET_styles_keeps_the_rest()
    {
        var figure = Gallery.All["training"];
        var chart = figure.ToGenericChart();
        var styled = Chart
            .withTitle("Another title", FSharpOption<Font>.None)
            .Invoke(chart)
            .WithXAxisStyle<double, double, string>(ShowGrid: false)
            .WithTraceInfo(ShowLegend: false);
        var layout = styled.ToFigure().Layout;

        Assert.Equal("Another title", layout.Title!.Text);
        Assert.False(layout.XAxis!.ShowGrid);
        // Of the axis that was there.
        Assert.Equal(figure.Layout.XAxis!.Title!.Text, layout.XAxis.Title!.Text);
        Assert.Equal(figure.Layout.XAxis.GridColor, layout.XAxis.GridColor);
        Assert.Equal(figure.Data.Count, styled.ToFigure().Data.Count);
    }

    [Fact]
    public void Figures_and_charts_stand_in_one_grid()
    {
        var ours = Gallery.All["grouped"].ToGenericChart();
        var grid = CSharpChart.Grid([ours, Made()["line"]], nRows: 1, nCols: 2).ToFigure();

        Assert.Equal(["x", "x", "x2"], grid.Data.Select(trace => trace.XAxis ?? "x").Order());
        Assert.NotNull(grid.Layout.XAxis2);
        Assert.Equal(2, grid.Layout.OtherAttributes!["grid"].GetProperty("columns").GetInt32());
    }

    [Fact]
    public void What_has_no_place_in_a_chart_is_refused()
    {
        var animation = Figure.FromJson("""{"data":[],"layout":{},"frames":[{"name":"1"}]}""");

        Assert.Equal(
            "This figure has frames beside data, layout and config, for which a chart of Plotly.NET has no place: convert it without.",
            Assert.Throws<ArgumentException>(() => animation.ToGenericChart()).Message
        );
    }

    private static Dictionary<string, GenericChart> Made()
    {
        double[] x = [1, 2, 3];
        double[] y = [3, 1, 2.5];
        string[] names = ["a", "b", "c"];
        var line = CSharpChart.Line<double, double, string>(x, y, Name: "loss", ShowMarkers: true);
        var point = CSharpChart.Point<double, double, string>(x, y, MultiText: names);
        return new()
        {
            ["line"] = line,
            ["point"] = point,
            ["column"] = CSharpChart.Column<double, string, string>(y, Keys: names),
            ["pie"] = CSharpChart.Pie<double, string, string>(y, Labels: names),
            ["histogram"] = CSharpChart.Histogram<double, double, string>(X: y),
            ["box"] = CSharpChart.BoxPlot<double, double, string>(Y: y),
            ["heatmap"] = CSharpChart.Heatmap<double, string, string, string>([x, y], X: names),
            ["surface"] = CSharpChart.Surface<double, double, double, string>([x, y]),
            ["combined"] = CSharpChart.Combine([line, point]),
            ["grid"] = CSharpChart.Grid(
                [line, CSharpChart.Grid([point, point], nRows: 2, nCols: 1)],
                nRows: 1,
                nCols: 2
            ),
        };
    }

    private static void Same(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"{expected}\n{actual}");
}
