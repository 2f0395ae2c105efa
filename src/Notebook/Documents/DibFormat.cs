// The .dib format of .NET Interactive: cells below lines that are exactly #! and a kernel name.
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>
/// Reads and writes <c>.dib</c> text. A separator is a line that is exactly <c>#!</c> and a kernel's name or alias; any
/// other line, a magic with options included, is text of its cell. What was read and not changed is written as it was.
/// </summary>
public static class DibFormat
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = NotebookJson.Deepest,
    };

    /// <summary>Reads a notebook.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="fileName">Names the file in messages.</param>
    /// <exception cref="CommandException">The <c>#!meta</c> block is not a JSON object.</exception>
    public static NotebookDocument Parse(string text, string fileName = "the notebook")
    {
        var blocks = new DibSplitter(fileName).Split(text);
        var layout = new DibLayout(blocks.FirstOrDefault(block => block.Meta is not null), NewLine(text));
        var document = new NotebookDocument { Layout = layout };
        var described = layout.Meta?.Meta?[DibCellMetadata.Key];
        if (layout.Meta is not null)
        {
            document.Metadata = (JsonObject)layout.Meta.Meta!.DeepClone();
            document.Metadata.Remove(DibCellMetadata.Key);
        }

        var cells = blocks.Where(block => block.Meta is null && (block.Name is not null || block.Source.Length > 0));
        document.Cells.AddRange(
            DibSplitter
                .Joined([.. cells], described)
                .Select(block => new NotebookCell(block.Language, block.Source) { Layout = block })
        );
        DibCellMetadata.Restore(described, document.Cells);
        foreach (var cell in document.Cells)
        {
            cell.Layout = (DibBlock)cell.Layout! with { Language = cell.Language };
        }

        layout.Cells = Describe(document);

        // Blank lines and a byte order mark before the first separator belong to no cell.
        if (blocks[0] is { Name: null, Source: "" } opening)
        {
            layout.Leading = opening.Raw.ToString();
        }

        return document;
    }

    /// <summary>Writes a notebook. Outputs have no place in a <c>.dib</c>.</summary>
    /// <param name="document">The notebook.</param>
    /// <param name="kernel">The kernel that goes without saying; null for none.</param>
    public static string Write(NotebookDocument document, DocumentKernel? kernel = null)
    {
        var layout = document.Layout as DibLayout ?? new DibLayout(null, "\n");
        var text = new StringBuilder(layout.Leading);
        WriteMeta(text, document, layout, kernel);
        foreach (var cell in document.Cells)
        {
            EnsureLineStart(text, layout.NewLine);
            if (IsAsRead(cell))
            {
                text.Append(((DibBlock)cell.Layout!).Raw);
                continue;
            }

            EnsureBlankLine(text, layout.NewLine);
            text.Append(
                $"#!{Separator(cell.Language)}\n\n{cell.Source}\n\n".Replace(
                    "\n",
                    layout.NewLine,
                    StringComparison.Ordinal
                )
            );
        }

        // The last cell that was laid out here ends with its line; those that were read end as they did.
        if (document.Cells is [.., var last] && text.Length > 0 && !IsAsRead(last))
        {
            text.Length -= layout.NewLine.Length;
        }

        return text.ToString();
    }

    /// <summary>
    /// How many cells have lines in their text, such as <c>#!html</c>, that begin a cell in a <c>.dib</c>. Read here they are whole again, by
    /// what the <c>#!meta</c> block says; other programs split them.
    /// </summary>
    public static int CellsWithSeparators(NotebookDocument document)
    {
        var names = WrittenNames(document);
        return document.Cells.Count(cell => Blocks(cell, names) > 1);
    }

    private static JsonArray? Describe(NotebookDocument document)
    {
        var names = WrittenNames(document);
        return DibCellMetadata.Describe(document.Cells, cell => Blocks(cell, names));
    }

    /// <summary>The names that begin a cell in the file that is written: those of the metadata, and of the languages that there are.</summary>
    private static HashSet<string> WrittenNames(NotebookDocument document) =>
        [.. DibSplitter.Names(Metadata(document.Metadata)).Keys, .. document.Cells.Select(cell => cell.Language)];

    /// <summary>How many cells a reader that goes by lines makes of one.</summary>
    private static int Blocks(NotebookCell cell, HashSet<string> names)
    {
        var source = cell.Source.AsSpan();
        var (known, blocks) = (names.GetAlternateLookup<ReadOnlySpan<char>>(), 1);
        foreach (var range in source.Split('\n'))
        {
            var line = source[range];
            blocks += line.StartsWith("#!", StringComparison.Ordinal) && known.Contains(line[2..].TrimEnd()) ? 1 : 0;
        }

        return blocks;
    }

    private static bool IsAsRead(NotebookCell cell) =>
        cell.Layout is DibBlock block && block.Language == cell.Language && block.Source == cell.Source;

    private static void WriteMeta(
        StringBuilder text,
        NotebookDocument document,
        DibLayout layout,
        DocumentKernel? kernel
    )
    {
        var known = DibSplitter.Names(Metadata(document.Metadata));
        var others = document
            .Cells.Select(cell => cell.Language)
            .Where(language => language != CellLanguage.Raw && !known.ContainsKey(language))
            .Distinct()
            .ToList();
        var cells = Describe(document);
        if (others.Count == 0 && layout.Meta is { } block && JsonNode.DeepEquals(cells, layout.Cells))
        {
            var read = (JsonObject)block.Meta!.DeepClone();
            read.Remove(DibCellMetadata.Key);
            if (JsonNode.DeepEquals(read, document.Metadata))
            {
                text.Append(block.Raw);
                return;
            }
        }

        var meta = Metadata(document.Metadata);
        if (kernel is not null && JsonNode.DeepEquals(meta["kernelspec"], kernel.ToJson()))
        {
            meta.Remove("kernelspec");
        }

        if (others.Count > 0)
        {
            var info =
                meta["kernelInfo"] as JsonObject ?? new JsonObject { ["defaultKernelName"] = CellLanguage.CSharp };
            if (info["items"] is not JsonArray items)
            {
                info["items"] = items = [];
            }

            foreach (var language in others)
            {
                items.Add(new JsonObject { ["name"] = language });
            }

            meta["kernelInfo"] = info;
        }

        if (cells is not null)
        {
            meta[DibCellMetadata.Key] = cells;
        }

        if (meta.Count > 0)
        {
            var json = meta.ToJsonString(Readable);
            text.Append(
                $"#!{DibSplitter.MetaName}\n\n{json}\n\n".Replace("\n", layout.NewLine, StringComparison.Ordinal)
            );
        }
    }

    /// <summary>A notebook's metadata without what is said otherwise, such as the language that its kernel reports.</summary>
    private static JsonObject Metadata(JsonObject metadata)
    {
        var meta = (JsonObject)metadata.DeepClone();
        meta.Remove("language_info");
        if (meta["kernelInfo"] is { } info && !DibSplitter.IsKernelInfo(info))
        {
            meta.Remove("kernelInfo");
        }

        // Where .NET Interactive's .ipynb has what its .dib has at the top.
        if (
            meta["polyglot_notebook"] is JsonObject { Count: 1 } polyglot
            && polyglot["kernelInfo"] is JsonObject kernels
            && DibSplitter.IsKernelInfo(kernels)
        )
        {
            meta["kernelInfo"] ??= kernels.DeepClone();
            meta.Remove("polyglot_notebook");
        }

        return meta;
    }

    // A raw cell has no counterpart in a .dib; as Markdown it stays text.
    private static string Separator(string language) => language == CellLanguage.Raw ? CellLanguage.Markdown : language;

    private static void EnsureLineStart(StringBuilder text, string newLine)
    {
        if (text.Length > 0 && text[^1] is not ('\n' or '\uFEFF'))
        {
            text.Append(newLine);
        }
    }

    private static void EnsureBlankLine(StringBuilder text, string newLine)
    {
        EnsureLineStart(text, newLine);
        if (
            text.Length > 0
            && !text.ToString(Math.Max(0, text.Length - 4), Math.Min(4, text.Length))
                .ReplaceLineEndings("\n")
                .EndsWith("\n\n", StringComparison.Ordinal)
        )
        {
            text.Append(newLine);
        }
    }

    private static string NewLine(string text) => text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    private sealed record DibLayout(DibBlock? Meta, string NewLine)
    {
        public string Leading { get; set; } = "";

        /// <summary>What <see cref="DibCellMetadata.Describe"/> says of the cells as they were read.</summary>
        public JsonArray? Cells { get; set; }
    }
}
