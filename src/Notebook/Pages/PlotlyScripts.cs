namespace Notebook.Pages;

/// <summary>plotly.js as npm ships it: the bundle for Cartesian charts, a third as large, and the whole.</summary>
/// <param name="whole">Reads the one that draws all kinds of traces, as it stands in an element.</param>
/// <param name="cartesian">Reads the smaller one; null where it was not there at build time.</param>
internal sealed class PlotlyScripts(Func<string> whole, Func<string>? cartesian = null)
{
    /// <summary>What the smaller one draws, https://github.com/plotly/plotly.js/blob/master/dist/README.md.</summary>
    public static IReadOnlySet<string> CartesianTraces { get; } =
        new HashSet<string>(StringComparer.Ordinal)
        {
            "bar",
            "box",
            "contour",
            "heatmap",
            "histogram",
            "histogram2d",
            "histogram2dcontour",
            "image",
            "pie",
            "scatter",
            "scatterternary",
            "violin",
        };

    private readonly Lazy<string> whole = new(whole);
    private readonly Lazy<string>? cartesian = cartesian is null ? null : new(cartesian);

    /// <summary>The smaller of the two that draws all these.</summary>
    /// <param name="traces">Plotly's names of the kinds of traces, such as <c>scatter</c>.</param>
    public string Drawing(IEnumerable<string> traces) =>
        cartesian is not null && traces.All(CartesianTraces.Contains) ? cartesian.Value : whole.Value;
}
