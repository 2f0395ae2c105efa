using Notebook;
using TResNet.PlotlyNet;

namespace TResNet.Cli;

/// <summary>Gives cells <c>figure.ToGenericChart()</c> and <c>chart.ToFigure()</c> as soon as they have Plotly.NET, which this program does without.</summary>
internal sealed class PlotlyNetExtension : INotebookExtension
{
    /// <inheritdoc/>
    public string Name => "TResNet.PlotlyNet";

    /// <inheritdoc/>
    public void Load(INotebook notebook)
    {
        notebook.AddPackage(
            Name,
            typeof(PlotlyNetExtension).Assembly.GetName().Version!.ToString(3),
            "Its conversions are there once a cell has referenced Plotly.NET: #r \"nuget: Plotly.NET\"."
        );
        notebook.WhenReferenced(
            "Plotly.NET",
            _ => notebook.AddReference(typeof(FigureConversions).Assembly, "TResNet.PlotlyNet")
        );
    }
}
