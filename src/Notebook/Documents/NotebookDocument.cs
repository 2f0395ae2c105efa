// A notebook as a file holds it: the model that .dib and .ipynb share.
using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>A notebook: cells and metadata.</summary>
public sealed class NotebookDocument
{
    /// <summary>Makes an empty notebook.</summary>
    public NotebookDocument() { }

    /// <summary>Makes a notebook of cells.</summary>
    /// <param name="cells">The cells.</param>
    /// <param name="metadata">The metadata; null for none.</param>
    public NotebookDocument(IEnumerable<NotebookCell> cells, JsonObject? metadata = null)
    {
        Cells.AddRange(cells);
        Metadata = metadata ?? [];
    }

    /// <summary>The cells, top to bottom.</summary>
    public List<NotebookCell> Cells { get; } = [];

    /// <summary>The notebook's metadata, as nbformat's <c>metadata</c> or the <c>#!meta</c> block of a <c>.dib</c> has it.</summary>
    public JsonObject Metadata { get; set; } = [];

    /// <summary>What the file has that its format does not allow, and what is made of it: a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How the file was laid out, so that what was not changed is written as it was; null for a new notebook.</summary>
    internal object? Layout { get; set; }

    /// <summary>The first heading of the first Markdown cells, for a page's title; null when there is none.</summary>
    public string? Title =>
        Cells
            .Where(cell => cell.Language == CellLanguage.Markdown)
            .Select(cell => TitleIn(cell.Source))
            .FirstOrDefault(title => title is not null);

    private static string? TitleIn(string source)
    {
        foreach (var line in source.AsSpan().Split('\n'))
        {
            if (source.AsSpan(line).StartsWith("# ", StringComparison.Ordinal))
            {
                return source[line][2..].Trim();
            }
        }

        return null;
    }
}
