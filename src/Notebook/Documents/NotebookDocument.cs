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

    /// <summary>How the file was laid out, so that what was not changed is written as it was; null for a new notebook.</summary>
    internal object? Layout { get; set; }

    /// <summary>The first heading of the first Markdown cells, for a page's title; null when there is none.</summary>
    public string? Title =>
        Cells
            .Where(cell => cell.Language == CellLanguage.Markdown)
            .SelectMany(cell => cell.Source.Split('\n'))
            .FirstOrDefault(line => line.StartsWith("# ", StringComparison.Ordinal))
            ?[2..].Trim();
}

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

    /// <summary>Whether the cell is text for the reader, not code.</summary>
    public bool IsMarkdown => Language == CellLanguage.Markdown;

    /// <summary>How the file spells the cell; null for a new cell.</summary>
    internal object? Layout { get; set; }
}

/// <summary>The languages of cells by the kernel names that .NET Interactive gave them.</summary>
public static class CellLanguage
{
    /// <summary>C#.</summary>
    public const string CSharp = "csharp";

    /// <summary>Markdown.</summary>
    public const string Markdown = "markdown";

    /// <summary>HTML, shown as it is.</summary>
    public const string Html = "html";

    /// <summary>JavaScript, run in the browser.</summary>
    public const string JavaScript = "javascript";

    /// <summary>A diagram in Mermaid's language, drawn in the browser.</summary>
    public const string Mermaid = "mermaid";

    /// <summary>An nbformat cell that is neither code nor Markdown.</summary>
    public const string Raw = "raw";

    /// <summary>What each name or alias on a separator line stands for.</summary>
    internal static readonly IReadOnlyDictionary<string, string> Aliases = new Dictionary<string, string>(
        StringComparer.Ordinal
    )
    {
        ["csharp"] = CSharp,
        ["c#"] = CSharp,
        ["fsharp"] = "fsharp",
        ["f#"] = "fsharp",
        ["pwsh"] = "pwsh",
        ["powershell"] = "pwsh",
        ["javascript"] = JavaScript,
        ["js"] = JavaScript,
        ["html"] = Html,
        ["mermaid"] = Mermaid,
        ["value"] = "value",
        ["sql"] = "sql",
        ["kql"] = "kql",
        ["markdown"] = Markdown,
        ["md"] = Markdown,
    };
}
