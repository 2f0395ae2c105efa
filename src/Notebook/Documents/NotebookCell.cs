using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>One cell of a notebook.</summary>
public sealed class NotebookCell
{
    /// <summary>Makes a cell.</summary>
    /// <param name="language">A kernel name of <see cref="CellLanguage"/>, or any other.</param>
    /// <param name="source">The text, with <c>\n</c> between lines.</param>
    public NotebookCell(string language, string source)
    {
        Language = language;
        Source = source;
    }

    /// <summary>The language, by kernel name: <c>csharp</c>, <c>markdown</c>, <c>html</c>, ...</summary>
    public string Language { get; set; }

    /// <summary>The text, with <c>\n</c> between lines and none at the end.</summary>
    public string Source { get; set; }

    /// <summary>The cell id of nbformat 4.5; null until it is written to an <c>.ipynb</c>.</summary>
    public string? Id { get; set; }

    /// <summary>The cell's metadata.</summary>
    public JsonObject Metadata { get; set; } = [];

    /// <summary>
    /// The pictures that the text of a Markdown cell names as <c>attachment:name</c>: by name, each as the MIME bundle that nbformat has it as.
    /// </summary>
    public JsonObject Attachments { get; set; } = [];

    /// <summary>The number the cell ran as; null when it did not run.</summary>
    public int? ExecutionCount { get; set; }

    /// <summary>What the cell emitted, as nbformat 4.5 writes it.</summary>
    public JsonArray Outputs { get; set; } = [];

    /// <summary>The first line with something in it, without the slashes of a comment; empty for an empty cell.</summary>
    public string Title =>
        Source.Split('\n').Select(line => line.Trim().TrimStart('/').Trim()).FirstOrDefault(line => line.Length > 0)
        ?? "";

    /// <summary>Whether the cell is text for the reader, not code.</summary>
    public bool IsMarkdown => Language == CellLanguage.Markdown;

    /// <summary>How the file spells the cell; null for a new cell.</summary>
    internal object? Layout { get; set; }
}
