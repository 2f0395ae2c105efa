using System.Text.Json;
using Microsoft.DotNet.Interactive.Formatting;

namespace Notebook.Tests;

/// <summary>A chart as an extension brings it: a type with formatters for a figure and its static picture.</summary>
public sealed record SampleChart(string Title, double Rate)
{
    private IEnumerable<int> Steps => Enumerable.Range(0, 40);

    public string Figure() =>
        JsonSerializer.Serialize(
            new
            {
                data = new[] { Line("training", Loss), Line("held out", step => Loss(step) + 0.1) },
                layout = new
                {
                    title = new { text = Title },
                    xaxis = new { title = new { text = "step" } },
                    yaxis = new { title = new { text = "loss" } },
                },
            }
        );

    public string Svg() =>
        $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 160" width="400" height="160" font-family="sans-serif" font-size="12">
            <text x="10" y="18" fill="#222">{Title}</text>
            <polyline fill="none" stroke="#2f5fd0" stroke-width="2" points="{string.Join(
                ' ',
                Steps.Select(x => FormattableString.Invariant($"{10 + 9.5 * x:0.#},{150 - 60 * Loss(x):0.#}"))
            )}"/>
            </svg>
            """;

    private double Loss(int step) => 2 * Math.Exp(-step * Rate / 20) + 0.05 * Math.Sin(step);

    private object Line(string name, Func<int, double> of) =>
        new
        {
            type = "scatter",
            mode = "lines",
            name,
            x = Steps,
            y = Steps.Select(step => Math.Round(of(step), 3)),
        };
}

/// <summary>The functions that the gallery's cells call.</summary>
public static class SampleCharts
{
    public static SampleChart Chart(string title, double rate) => new(title, rate);

    public static Drawing Picture() => new(new SampleChart("The same without a figure", 0.7).Svg());
}

/// <summary>A picture that has no figure.</summary>
public sealed record Drawing(string Svg);

/// <summary>Registers formatters as one does for .NET Interactive.</summary>
public sealed class GalleryExtension : INotebookExtension
{
    public string Name => "Gallery";

    public void Load(INotebook notebook)
    {
        Formatter.Register<SampleChart>(chart => chart.Figure(), "application/vnd.plotly.v1+json");
        Formatter.Register<SampleChart>(chart => chart.Svg(), "image/svg+xml");
        Formatter.SetPreferredMimeTypesFor(typeof(SampleChart), "application/vnd.plotly.v1+json", "image/svg+xml");
        Formatter.Register<Drawing>(drawing => drawing.Svg, "image/svg+xml");
        Formatter.SetPreferredMimeTypesFor(typeof(Drawing), "image/svg+xml");
        notebook.AddReference(typeof(SampleCharts).Assembly, "Notebook.Tests", "static Notebook.Tests.SampleCharts");
    }
}
