using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>Makes the text of an <c>.ipynb</c> of a notebook.</summary>
internal static class IpynbWriter
{
    private const int LargestList = 1 << 22; // letters; what is longer is one string, which nbformat allows too

    /// <inheritdoc cref="IpynbFormat.Write"/>
    public static void Write(NotebookDocument document, DocumentKernel? kernel, TextWriter text)
    {
        var layout = document.Layout as IpynbLayout ?? IpynbLayout.Jupyter;
        var root = (JsonObject)layout.Root.DeepClone();
        var ids = new HashSet<string>(document.Cells.Where(cell => cell.Id is not null).Select(cell => cell.Id!));
        root["cells"] = new JsonArray([.. document.Cells.Select((cell, at) => WriteCell(cell, at, ids))]);
        root["metadata"] = WriteMetadata(document, kernel);
        root["nbformat"] ??= IpynbFormat.Major;
        if (root["nbformat_minor"] is not JsonValue minor || !minor.TryGetValue<int>(out var number) || number < 5)
        {
            root["nbformat_minor"] = 5;
        }

        text.NewLine = layout.CrLf ? "\r\n" : "\n";
        NotebookJson.Write(text, root, layout.Indent);
        if (layout.EndsInNewLine)
        {
            text.WriteLine();
        }
    }

    private static JsonObject WriteCell(NotebookCell cell, int at, HashSet<string> ids)
    {
        var layout = cell.Layout as IpynbCellLayout;
        var json = layout?.Json.DeepClone().AsObject() ?? [];
        var isCode = cell.Language is not (CellLanguage.Markdown or CellLanguage.Raw);
        if (!isCode && cell.Attachments.Count > 0)
        {
            json[IpynbFormat.Attachments] = cell.Attachments.DeepClone();
        }
        else if (json[IpynbFormat.Attachments] is JsonObject { Count: > 0 })
        {
            json.Remove(IpynbFormat.Attachments);
        }

        json["cell_type"] = isCode ? "code" : cell.Language;
        if (isCode)
        {
            json["execution_count"] = cell.ExecutionCount;
        }
        else
        {
            json.Remove("execution_count");
            json.Remove("outputs");
        }

        json["id"] = cell.Id ?? NewId(cell, at, ids);
        json["metadata"] = WriteCellMetadata(cell, isCode);
        if (isCode)
        {
            json["outputs"] = cell.Outputs.DeepClone();
        }

        if (layout is null || layout.Source != cell.Source || layout.Language != cell.Language)
        {
            var selector = isCode && cell.Language != CellLanguage.CSharp ? $"#!{cell.Language}\n" : "";
            var source = selector + cell.Source;
            json["source"] = source.Length > LargestList ? source : Lines(source);
        }

        return json;
    }

    private static JsonNode WriteCellMetadata(NotebookCell cell, bool isCode)
    {
        var metadata = (JsonObject)cell.Metadata.DeepClone();
        if (isCode && cell.Layout is not IpynbCellLayout && cell.Language != CellLanguage.CSharp)
        {
            metadata["polyglot_notebook"] = new JsonObject { ["kernelName"] = cell.Language };
        }

        if (cell.Layout is not IpynbCellLayout)
        {
            CellRole.AddTag(cell, metadata);
        }

        return metadata;
    }

    private static JsonObject WriteMetadata(NotebookDocument document, DocumentKernel? kernel)
    {
        var metadata = (JsonObject)document.Metadata.DeepClone();
        if (document.Layout is not IpynbLayout)
        {
            if (kernel is not null)
            {
                metadata["kernelspec"] ??= kernel.ToJson();
            }

            metadata["language_info"] ??= new JsonObject
            {
                ["file_extension"] = ".cs",
                ["mimetype"] = "text/x-csharp",
                ["name"] = "csharp",
                ["pygments_lexer"] = "csharp",
            };
        }

        return metadata;
    }

    /// <summary>An id that the same notebook gets again, so that converting twice gives the same file.</summary>
    private static string NewId(NotebookCell cell, int at, HashSet<string> ids)
    {
        for (var attempt = 0; ; attempt++)
        {
            var id = DerivedId(cell, at, attempt);
            if (ids.Add(id))
            {
                return id;
            }
        }
    }

    /// <summary>The id that a cell gets from its place and its text.</summary>
    internal static string DerivedId(NotebookCell cell, int at, int attempt) =>
        TextHash.Of($"{at}\n{attempt}\n{cell.Language}\n", cell.Source);

    /// <summary>A text as nbformat has it: a list of lines, each but the last with its <c>\n</c>.</summary>
    public static JsonArray Lines(string text)
    {
        var lines = new JsonArray();
        for (var at = 0; at < text.Length; )
        {
            var end = text.IndexOf('\n', at);
            lines.Add(end < 0 ? text[at..] : text[at..(end + 1)]);
            at = end < 0 ? text.Length : end + 1;
        }

        return lines;
    }
}
