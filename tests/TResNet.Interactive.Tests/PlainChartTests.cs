using TResNet.Charts;
using TResNet.Charts.Svg;

namespace TResNet.Interactive.Tests;

public sealed class PlainChartTests
{
    [Fact]
    public void Bars_carry_names_values_and_units()
    {
        var svg = Plots.Bars("Work", "billion", [("a", 1.5), ("b", 3)], "how").ToSvg();

        Assert.All(new[] { "Work", "how", "billion", "1.50", "3.00" }, text => Assert.Contains($">{text}<", svg));
    }

    [Fact]
    public void Two_series_have_a_legend()
    {
        var figure = Plots.Bars("Memory", "MB", ("before", "after"), [("a", 2, 1), ("b", 4, 2)]);

        Assert.Equal(["before", "after"], figure.Data.Select(trace => trace.Name));
        Assert.Contains(">after<", figure.ToSvg());
    }

    [Fact]
    public void Lines_and_points_have_titled_axes()
    {
        var lines = Plots.Lines("Growth", "batch", "MB", [("a", [1, 2], [3, 4]), ("b", [1, 2], [5, 6])]);
        var points = Plots.Points("Speed", "ms", "images/s", [("a", 1, 10), ("b", 100, 1000)], log: true);

        Assert.Equal(("batch", "MB"), (lines.Layout.XAxis!.Title!.Text, lines.Layout.YAxis!.Title!.Text));
        Assert.Equal(AxisType.Log, points.Layout.XAxis!.Type);
        Assert.Equal(["a", "b"], ((Scatter)points.Data[0]).Text);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused_by_name()
    {
        Assert.Contains("nothing to draw", Refusal(() => Plots.Bars("t", "u", [])));
        Assert.Contains("(b, NaN) cannot be drawn", Refusal(() => Plots.Bars("t", "u", [("a", 1), ("b", double.NaN)])));
        Assert.Contains("(a, -1) cannot be drawn", Refusal(() => Plots.Bars("t", "u", [("a", -1)])));
        Assert.Contains("above 0", Refusal(() => Plots.Points("t", "x", "y", [("a", 0, 1)], log: true)));
        Assert.Contains("as many along x as along y", Refusal(() => Plots.Lines("t", "x", "y", [("a", [1, 2], [1])])));

        static string Refusal(Func<Figure> draw) => Assert.Throws<TResNetException>(draw).Message;
    }
}
