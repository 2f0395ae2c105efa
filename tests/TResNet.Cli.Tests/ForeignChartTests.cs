using System.Text.Json.Nodes;
using Notebook;
using Notebook.Outputs;

namespace TResNet.Cli.Tests;

/// <summary>Charts of other libraries are shown as ours: interactive without a network, and with a picture beside.</summary>
public sealed class ForeignChartTests
{
    private const string Plotly = "application/vnd.plotly.v1+json";

    [Fact]
    public async Task Plotly_NET_is_drawn_by_the_local_plotly_and_converts_both_ways()
    {
        using var host = Product.NewNotebook();
        // Its own extension draws from the network.
        await Run(
            host,
            """
            #r "nuget: Plotly.NET.Interactive, 6.0.0"
            #r "nuget: Plotly.NET.CSharp, 0.14.0"
            """
        );
        var chart = await Run(
            host,
            """
            var line = Plotly.NET.CSharp.Chart.Line<double, double, string>(new[] { 1.0, 2, 3 }, new[] { 3.0, 1, 2 }, Name: "loss");
            line
            """
        );

        Assert.Equal([Plotly, "image/svg+xml", "text/html", "text/plain"], chart.Types.Order());
        Assert.Equal("loss", (string?)JsonNode.Parse(chart[Plotly])!["data"]![0]!["name"]);
        Assert.Equal("Figure: line chart of loss", chart["text/plain"]);
        Assert.True(JsonNode.DeepEquals(await Own(host, "line"), JsonNode.Parse(chart[Plotly])));
        Assert.DoesNotContain("https://", chart["text/html"].Replace("https://www.w3.org", ""));
        Assert.DoesNotContain("requirejs", chart["text/html"]);

        var grid = await Run(
            host,
            """
            var ours = new Figure { Data = [new Scatter { X = new[] { 1, 2 }, Y = new[] { 3, 4 }, Name = "ours" }] };
            Plotly.NET.CSharp.Chart.Grid(new[] { line, ours.ToGenericChart() }, 1, 2).ToFigure()
            """
        );

        Assert.Equal(
            ["loss", "ours"],
            JsonNode.Parse(grid[Plotly])!["data"]!.AsArray().Select(trace => (string?)trace!["name"])
        );
    }

    [Theory]
    [InlineData("Plotly.NET.CSharp.Chart.Pie<double, string, string>(y, Labels: names)", "Figure: pie chart")]
    [InlineData("Plotly.NET.CSharp.Chart.Histogram<double, double, string>(X: y)", "Figure: histogram chart")]
    [InlineData(
        "Plotly.NET.CSharp.Chart.Surface<double, double, double, string>(new[] { y, y })",
        "Figure: surface chart"
    )]
    [InlineData(
        "Plotly.NET.CSharp.Chart.Column<double, string, string>(y, Keys: names, MarkerColor: Plotly.NET.Color.fromColors(new[] { Plotly.NET.Color.fromString(\"red\"), Plotly.NET.Color.fromHex(\"#00ff00\") }))",
        "Figure: bar chart"
    )]
    [InlineData(
        "Plotly.NET.CSharp.Chart.Line<DateTime, double, string>(new[] { new DateTime(2024, 1, 31), new DateTime(2024, 2, 1, 12, 30, 0) }, y[..2])",
        "Figure: line chart"
    )]
    [InlineData(
        "Plotly.NET.CSharp.Chart.Line<char, decimal, string>(new[] { 'a', 'b' }, new[] { 1m, 2.5m })",
        "Figure: line chart"
    )]
    public async Task Whatever_Plotly_NET_draws_is_its_own_json(string expression, string text)
    {
        using var host = Product.NewNotebook();
        await Run(host, "#r \"nuget: Plotly.NET, 6.0.0\"\n#r \"nuget: Plotly.NET.CSharp, 0.14.0\"");
        await Run(host, "double[] y = [1, 2, 2.5]; string[] names = [\"a\", \"b\", \"c\"];");
        await Run(host, $"var chart = {expression};");
        var shown = await Run(host, "chart");

        Assert.Equal(text, shown["text/plain"]);
        Assert.True(
            JsonNode.DeepEquals(await Own(host, "chart"), JsonNode.Parse(shown[Plotly])),
            $"{await Own(host, "chart")}\n{shown[Plotly]}"
        );
    }

    [Fact]
    public async Task XPlot_and_ScottPlot_are_pictures_and_not_trees_of_their_objects()
    {
        using var host = Product.NewNotebook();
        await Run(
            host,
            """
            #r "nuget: XPlot.Plotly, 4.1.0"
            #r "nuget: ScottPlot, 5.1.59"
            """
        );
        var xplot = await Run(
            host,
            """
            using XPlot.Plotly;
            Chart.Plot(
                new Scatter { x = new[] { 1, 2, 3 }, y = new[] { 3.0, 1, 2 }, name = "loss" },
                new Layout.Layout { title = "Loss; \"quoted\"", xaxis = new Xaxis { title = "epoch" } }
            )
            """
        );
        var figure = JsonNode.Parse(xplot[Plotly])!;

        Assert.Equal("loss", (string?)figure["data"]![0]!["name"]);
        Assert.Equal("Loss; \"quoted\"", (string?)figure["layout"]!["title"]!["text"]);
        Assert.Equal("epoch", (string?)figure["layout"]!["xaxis"]!["title"]!["text"]);
        Assert.Equal((900, 500), ((int)figure["layout"]!["width"]!, (int)figure["layout"]!["height"]!));

        var scott = await Run(
            host,
            """
            var plot = new ScottPlot.Plot();
            plot.Add.Signal(ScottPlot.Generate.Sin(51));
            plot
            """
        );

        Assert.Equal(["image/svg+xml", "text/html", "text/plain"], scott.Types.Order());
        Assert.Contains("<svg", scott["image/svg+xml"]);
        Assert.StartsWith("<img", scott["text/html"]);
        Assert.True(scott.Sum(form => form.Value.Length) < 100_000);
    }

    private static async Task<JsonNode?> Own(NotebookHost host, string chart) =>
        JsonNode.Parse((await Run(host, $"Plotly.NET.GenericChart.toJson({chart})"))["text/plain"]);

    private static async Task<MimeBundle> Run(NotebookHost host, string cell)
    {
        var (shown, errors) = (MimeBundle.Plain(""), new List<string>());
        var result = await host.ExecuteAsync(
            cell,
            output =>
            {
                if (output is ResultOutput value)
                {
                    shown = value.Data;
                }
                else
                {
                    errors.Add(output is DisplayOutput display ? display.Data["text/plain"] : output.ToString());
                }
            }
        );
        Assert.True(result.Succeeded, string.Join('\n', errors));
        return shown;
    }
}
