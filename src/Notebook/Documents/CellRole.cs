// papermill, "Parameterize": the cell tagged "parameters" holds defaults, and "injected-parameters" what a run gives instead.
using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>
/// What a cell is for a run with parameters: by its tag in an <c>.ipynb</c>, by its first line in a <c>.dib</c>, which has no tags:
/// <c>// parameters</c>, also with a colon and a remark.
/// </summary>
internal static class CellRole
{
    public const string Parameters = "parameters";
    public const string Injected = "injected-parameters";
    private const string Key = "tags";

    /// <summary>Whether a cell has a role.</summary>
    public static bool Has(NotebookCell cell, string role) =>
        Tags(cell.Metadata).Contains(role, StringComparer.Ordinal) || Said(cell) == role;

    /// <summary>The tags of a cell's metadata.</summary>
    public static IEnumerable<string> Tags(JsonObject metadata) =>
        (metadata[Key] as JsonArray)?.Select(tag =>
            tag is JsonValue value && value.TryGetValue<string>(out var name) ? name : ""
        )
        ?? [];

    /// <summary>Adds the tag of the role that a cell's first line names, for tools that know tags alone.</summary>
    public static void AddTag(NotebookCell cell, JsonObject metadata)
    {
        if (Said(cell) is { } role && metadata[Key] is null)
        {
            metadata[Key] = new JsonArray(role);
        }
    }

    /// <summary>Removes the tags where the cell's first line says the same.</summary>
    public static void RemoveTag(NotebookCell cell, JsonObject metadata)
    {
        if (Said(cell) is { } role && Tags(metadata).SequenceEqual([role]))
        {
            metadata.Remove(Key);
        }
    }

    private static string? Said(NotebookCell cell)
    {
        if (cell.Language != CellLanguage.CSharp || !cell.Source.StartsWith("//", StringComparison.Ordinal))
        {
            return null;
        }

        var words = cell.Source.Split('\n', 2)[0][2..].Split(':', 2)[0].Trim();
        return words is Parameters or Injected ? words : null;
    }
}
