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
    private const string MetaName = "meta";
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a notebook.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="fileName">Names the file in messages.</param>
    /// <exception cref="CommandException">The <c>#!meta</c> block is not a JSON object.</exception>
    public static NotebookDocument Parse(string text, string fileName = "the notebook")
    {
        var blocks = new Splitter(fileName).Split(text);
        var layout = new DibLayout(blocks.FirstOrDefault(block => block.Meta is not null), NewLine(text));
        var document = new NotebookDocument { Layout = layout };
        foreach (var block in blocks)
        {
            if (block.Meta is not null)
            {
                document.Metadata = (JsonObject)block.Meta.DeepClone();
                document.Metadata.Remove(DibCells.Key);
            }
            else if (block.Name is not null || block.Source.Length > 0)
            {
                document.Cells.Add(new NotebookCell(block.Language, block.Source) { Layout = block });
            }
        }

        DibCells.Restore(layout.Meta?.Meta?[DibCells.Key], document.Cells);
        layout.Cells = DibCells.Describe(document.Cells);

        // Blank lines and a byte order mark before the first separator belong to no cell.
        if (blocks[0] is { Name: null, Source: "" } opening)
        {
            layout.Leading = opening.Raw;
        }

        return document;
    }

    /// <summary>Writes a notebook. Outputs have no place in a <c>.dib</c>.</summary>
    /// <param name="document">The notebook.</param>
    public static string Write(NotebookDocument document)
    {
        var layout = document.Layout as DibLayout ?? new DibLayout(null, "\n");
        var text = new StringBuilder(layout.Leading);
        WriteMeta(text, document, layout);
        foreach (var cell in document.Cells)
        {
            EnsureLineStart(text, layout.NewLine);
            if (IsAsRead(cell))
            {
                text.Append(((DibBlock)cell.Layout!).Raw);
                continue;
            }

            EnsureBlankLine(text, layout.NewLine);
            text.Append($"#!{Separator(cell.Language)}\n\n{cell.Source}\n\n".ReplaceLineEndings(layout.NewLine));
        }

        // The last cell that was laid out here ends with its line; those that were read end as they did.
        if (document.Cells is [.., var last] && text.Length > 0 && !IsAsRead(last))
        {
            text.Length -= layout.NewLine.Length;
        }

        return text.ToString();
    }

    private static bool IsAsRead(NotebookCell cell) =>
        cell.Layout is DibBlock block && block.Language == cell.Language && block.Source == cell.Source;

    private static void WriteMeta(StringBuilder text, NotebookDocument document, DibLayout layout)
    {
        var known = Names(Metadata(document.Metadata));
        var others = document
            .Cells.Select(cell => cell.Language)
            .Where(language => language != CellLanguage.Raw && !known.ContainsKey(language))
            .Distinct()
            .ToList();
        var cells = DibCells.Describe(document.Cells);
        if (others.Count == 0 && layout.Meta is { } block && JsonNode.DeepEquals(cells, layout.Cells))
        {
            var read = (JsonObject)block.Meta!.DeepClone();
            read.Remove(DibCells.Key);
            if (JsonNode.DeepEquals(read, document.Metadata))
            {
                text.Append(block.Raw);
                return;
            }
        }

        var meta = Metadata(document.Metadata);
        if (others.Count > 0)
        {
            var info = meta["kernelInfo"]?.AsObject() ?? new JsonObject { ["defaultKernelName"] = CellLanguage.CSharp };
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
            meta[DibCells.Key] = cells;
        }

        if (meta.Count > 0)
        {
            var json = meta.ToJsonString(Readable);
            text.Append($"#!{MetaName}\n\n{json}\n\n".ReplaceLineEndings(layout.NewLine));
        }
    }

    /// <summary>A notebook's metadata without what is said otherwise: which kernel is ours, and the language it reports.</summary>
    private static JsonObject Metadata(JsonObject metadata)
    {
        var meta = (JsonObject)metadata.DeepClone();
        meta.Remove("language_info");
        if (JsonNode.DeepEquals(meta["kernelspec"], IpynbFormat.KernelSpec()))
        {
            meta.Remove("kernelspec");
        }

        // Where .NET Interactive's .ipynb has what its .dib has at the top.
        if (
            meta["polyglot_notebook"] is JsonObject { Count: 1 } polyglot
            && polyglot["kernelInfo"] is JsonObject kernels
        )
        {
            meta["kernelInfo"] ??= kernels.DeepClone();
            meta.Remove("polyglot_notebook");
        }

        return meta;
    }

    /// <summary>What each name on a separator line stands for, with the kernels that the metadata names.</summary>
    private static Dictionary<string, string> Names(JsonObject metadata)
    {
        var names = new Dictionary<string, string>(CellLanguage.Aliases);
        foreach (var item in metadata["kernelInfo"]?["items"]?.AsArray() ?? [])
        {
            var kernel = item!["name"]!.GetValue<string>();
            names.TryAdd(kernel, kernel);
            foreach (var alias in item["aliases"]?.AsArray() ?? [])
            {
                names.TryAdd(alias!.GetValue<string>(), kernel);
            }
        }

        return names;
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

    /// <summary>Walks the lines of a file, learning kernel names from its <c>#!meta</c> block on the way.</summary>
    private sealed class Splitter(string fileName)
    {
        private Dictionary<string, string> names = new(CellLanguage.Aliases) { [MetaName] = MetaName };
        private readonly List<DibBlock> blocks = [];
        private readonly StringBuilder raw = new();
        private readonly List<string> body = [];
        private string? name;

        public IReadOnlyList<DibBlock> Split(string text)
        {
            for (var at = 0; at < text.Length; )
            {
                var end = text.IndexOf('\n', at);
                var line = end < 0 ? text[at..] : text[at..(end + 1)];
                at += line.Length;
                Take(line);
            }

            Close();
            return blocks;
        }

        private void Take(string line)
        {
            var content = line.TrimEnd('\n').TrimEnd('\r');
            var mark = raw.Length == 0 && blocks.Count == 0 ? content.TrimStart('\uFEFF') : content;
            if (name == MetaName && mark.StartsWith("#!", StringComparison.Ordinal))
            {
                // The names that the block itself brings count from here on.
                Close();
                name = null;
            }

            if (IsSeparator(mark))
            {
                if (mark.Length < content.Length)
                {
                    raw.Append('\uFEFF');
                    line = line[1..];
                }

                Close();
                name = mark[2..].TrimEnd();
            }
            else
            {
                body.Add(mark);
            }

            raw.Append(line);
        }

        /// <summary>The metadata block comes first; below a cell its name is text like any other.</summary>
        private bool IsSeparator(string line) =>
            line.StartsWith("#!", StringComparison.Ordinal)
            && names.ContainsKey(line[2..].TrimEnd())
            && (
                line[2..].TrimEnd() != MetaName
                || blocks.Count == 0 && name is null && body.All(string.IsNullOrWhiteSpace)
            );

        private void Close()
        {
            var lines = body.SkipWhile(string.IsNullOrWhiteSpace)
                .Reverse()
                .SkipWhile(string.IsNullOrWhiteSpace)
                .Reverse();
            var source = string.Join('\n', lines);
            if (raw.Length > 0 || blocks.Count == 0)
            {
                var language = name is null ? CellLanguage.CSharp : names[name];
                blocks.Add(
                    new DibBlock(name, language, source, raw.ToString(), name == MetaName ? ReadMeta(source) : null)
                );
            }

            raw.Clear();
            body.Clear();
        }

        private JsonObject ReadMeta(string source)
        {
            try
            {
                var meta = JsonNode.Parse(source)?.AsObject() ?? throw new JsonException("It is null.");
                names = Names(meta);
                return meta;
            }
            catch (Exception exception)
                when (exception
                        is JsonException
                            or InvalidOperationException
                            or NullReferenceException
                            or ArgumentException
                )
            {
                throw new CommandException(
                    $"The #!meta block of {fileName} is not the JSON object it should be: {exception.Message.TrimEnd('.')}. Correct it or delete the block.",
                    exception
                );
            }
        }
    }

    /// <summary>What stands between two separators, with the text it was read from.</summary>
    private sealed record DibBlock(string? Name, string Language, string Source, string Raw, JsonObject? Meta);

    private sealed record DibLayout(DibBlock? Meta, string NewLine)
    {
        public string Leading { get; set; } = "";

        /// <summary>What <see cref="DibCells.Describe"/> says of the cells as they were read.</summary>
        public JsonArray? Cells { get; set; }
    }
}
