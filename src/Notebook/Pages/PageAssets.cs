// What a page is made of besides the notebook.
using System.Reflection;

namespace Notebook.Pages;

/// <summary>The page's style sheet and scripts.</summary>
internal static class PageAssets
{
    private static readonly Lazy<string?> MermaidFile = new(() => Beside("mermaid.min.js")?.Invoke());

    /// <summary>The style sheet.</summary>
    public static string Styles { get; } = Embedded("page.css");

    /// <summary>The scripts: charts, tables, and what else the page does.</summary>
    public static string Script { get; } = Embedded("charts.js") + Embedded("tables.js") + Embedded("page.js");

    /// <summary>Sorting for tables whose own was taken out.</summary>
    public static string Sorting { get; } = Embedded("sorting.js");

    /// <summary>plotly.js, from beside the program, as it stands in an element; null when it was not there at build time.</summary>
    public static PlotlyScripts? Plotly { get; } =
        Beside("plotly.min.js") is { } whole ? new(whole, Beside("plotly-cartesian.min.js")) : null;

    /// <summary>mermaid.js, likewise.</summary>
    public static string? Mermaid => MermaidFile.Value;

    private static Func<string>? Beside(string name)
    {
        var folder = Path.GetDirectoryName(typeof(PageAssets).Assembly.Location);
        var file = Path.Combine(string.IsNullOrEmpty(folder) ? AppContext.BaseDirectory : folder, "assets", name);
        return File.Exists(file) ? () => OutputRenderer.InScript(File.ReadAllText(file)) : null;
    }

    private static string Embedded(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Notebook.Pages.{name}")!;
        return new StreamReader(stream).ReadToEnd();
    }
}
