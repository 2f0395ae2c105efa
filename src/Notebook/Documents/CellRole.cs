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

    /// <summary>Whether a cell has a role.</summary>
    public static bool Has(NotebookCell cell, string role) =>
        CellTags.Of(cell.Metadata).Contains(role, StringComparer.Ordinal) || RoleInText(cell) == role;

    /// <summary>Adds the tag of the role that a cell's first line names, for tools that know tags alone.</summary>
    public static void AddTag(NotebookCell cell, JsonObject metadata)
    {
        if (RoleInText(cell) is { } role && metadata[CellTags.Key] is null)
        {
            metadata[CellTags.Key] = new JsonArray(role);
        }
    }

    /// <summary>Removes the tags where the cell's first line says the same.</summary>
    public static void RemoveTag(NotebookCell cell, JsonObject metadata)
    {
        if (RoleInText(cell) is { } role && CellTags.Of(metadata).SequenceEqual([role]))
        {
            metadata.Remove(CellTags.Key);
        }
    }

    private static string? RoleInText(NotebookCell cell)
    {
        if (cell.Language != CellLanguage.CSharp || !cell.Source.StartsWith("//", StringComparison.Ordinal))
        {
            return null;
        }

        var end = cell.Source.AsSpan().IndexOfAny('\n', ':');
        return cell.Source.AsSpan(2, Math.Max(0, (end < 0 ? cell.Source.Length : end) - 2)).Trim() switch
        {
            Parameters => Parameters,
            Injected => Injected,
            _ => null,
        };
    }
}
