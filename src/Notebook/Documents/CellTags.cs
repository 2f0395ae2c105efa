// What Jupyter's tools take from a cell's tags: nbclient runs by them, Jupyter Book and nbconvert show by them.
using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>The tags of cells that say how they run and what a page shows of them.</summary>
internal static class CellTags
{
    /// <summary>The member of a cell's metadata.</summary>
    public const string Key = "tags";

    /// <summary>An error in the cell is what it is there for: the run goes on, and has not failed.</summary>
    public const string RaisesException = "raises-exception";

    /// <summary>The cell does not run, and keeps what it shows.</summary>
    public const string SkipExecution = "skip-execution";

    /// <summary>The tags of a cell's metadata.</summary>
    public static IEnumerable<string> Of(JsonObject metadata) =>
        (metadata[Key] as JsonArray)?.Select(tag =>
            tag is JsonValue value && value.TryGetValue<string>(out var name) ? name : ""
        )
        ?? [];

    /// <summary>Whether a cell has a tag, with hyphens or with underscores.</summary>
    public static bool Has(NotebookCell cell, string tag) =>
        Of(cell.Metadata).Any(each => each.Replace('_', '-') == tag);

    /// <summary>What a page shows of the whole cell.</summary>
    public static CellVisibility OfCell(NotebookCell cell) => VisibilityOf(cell, "cell", null);

    /// <summary>What a page shows of the cell's text. JupyterLab's collapsed cells are hidden, as are those tagged so.</summary>
    public static CellVisibility OfInput(NotebookCell cell) => VisibilityOf(cell, "input", "source_hidden");

    /// <summary>What a page shows of the cell's outputs.</summary>
    public static CellVisibility OfOutput(NotebookCell cell) =>
        VisibilityOf(cell, "output", "outputs_hidden") is var said
        && said == CellVisibility.Shown
        && IsTrue(cell.Metadata, "collapsed")
            ? CellVisibility.Folded
            : said;

    private static CellVisibility VisibilityOf(NotebookCell cell, string part, string? collapsed) =>
        Has(cell, $"remove-{part}") ? CellVisibility.Removed
        : Has(cell, $"hide-{part}") || collapsed is not null && IsTrue(cell.Metadata["jupyter"], collapsed)
            ? CellVisibility.Folded
        : CellVisibility.Shown;

    private static bool IsTrue(JsonNode? node, string name) =>
        node is JsonObject members
        && members[name] is JsonValue value
        && value.TryGetValue<bool>(out var isTrue)
        && isTrue;
}
