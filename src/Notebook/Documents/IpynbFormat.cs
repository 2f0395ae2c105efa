// The .ipynb format, nbformat 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Notebook.Language;

namespace Notebook.Documents;

/// <summary>
/// Reads and writes Jupyter notebooks. Fields that this program does not know are kept, and what was read and not changed
/// is written as it was.
/// </summary>
public static class IpynbFormat
{
    private const int Major = 4;
    private const string Attachments = "attachments";

    /// <summary>Reads a notebook.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="fileName">Names the file in messages.</param>
    /// <exception cref="CommandException">The text is not JSON, or not a notebook of nbformat 2 to 4.</exception>
    public static NotebookDocument Parse(string text, string fileName = "the notebook")
    {
        if (string.IsNullOrWhiteSpace(text.TrimStart('\uFEFF')))
        {
            return new NotebookDocument();
        }

        try
        {
            var root =
                NotebookJson.Parse(text.TrimStart('\uFEFF')) as JsonObject
                ?? throw new JsonException("It is not an object");
            return Read(root, text, fileName);
        }
        catch (JsonException exception)
        {
            var place = exception.LineNumber is { } line ? $"line {line + 1}: " : "";
            throw new CommandException(
                $"{fileName} is not a Jupyter notebook: {place}{NotebookJson.Reason(exception)}.",
                exception
            );
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or ArgumentException or FormatException)
        {
            throw new CommandException(
                $"{fileName} is not a Jupyter notebook: {NotebookJson.Reason(exception)}.",
                exception
            );
        }
    }

    /// <summary>Writes a notebook as nbformat 4.5.</summary>
    /// <param name="document">The notebook.</param>
    /// <param name="kernel">The kernel that it names where it names none, unless it was an <c>.ipynb</c> already; null for none.</param>
    public static string Write(NotebookDocument document, DocumentKernel? kernel = null)
    {
        var layout = document.Layout as IpynbLayout ?? IpynbLayout.Jupyter;
        var root = (JsonObject)layout.Root.DeepClone();
        var ids = new HashSet<string>(document.Cells.Where(cell => cell.Id is not null).Select(cell => cell.Id!));
        root["cells"] = new JsonArray([.. document.Cells.Select((cell, at) => WriteCell(cell, at, ids))]);
        root["metadata"] = WriteMetadata(document, kernel);
        root["nbformat"] ??= Major;
        if (root["nbformat_minor"] is not JsonValue minor || !minor.TryGetValue<int>(out var number) || number < 5)
        {
            root["nbformat_minor"] = 5;
        }

        var text = NotebookJson.Write(root, layout.Indent) + (layout.EndsInNewLine ? "\n" : "");
        return layout.CrLf ? text.Replace("\n", "\r\n") : text;
    }

    private static NotebookDocument Read(JsonObject root, string text, string fileName)
    {
        var version = root["nbformat"]?.GetValue<int>() ?? throw new JsonException("It has no nbformat");
        if (OldNotebooks.Knows(version))
        {
            root = OldNotebooks.Upgrade(root);
        }
        else if (version != Major)
        {
            throw new CommandException(
                $"{fileName} is an nbformat {version} notebook; nbformat 2 to {Major} are read. Open and save it with a current Jupyter first."
            );
        }

        var cells = root["cells"] as JsonArray ?? throw new JsonException("It has no cells");
        var metadata = (root["metadata"] as JsonObject)?.DeepClone().AsObject() ?? [];
        var language = NotebookLanguage(metadata);
        var document = new NotebookDocument(
            cells.Select(cell =>
                ReadCell(cell as JsonObject ?? throw new JsonException("A cell is not an object"), language)
            ),
            metadata
        );
        root["cells"] = new JsonArray();
        root["metadata"] = new JsonObject();
        document.Layout = IpynbLayout.Of(root, text);
        return document;
    }

    /// <summary>The language of cells that do not say theirs. Polyglot Notebooks name their format where others name the language.</summary>
    private static string NotebookLanguage(JsonObject metadata)
    {
        var named = NotebookJson.Text(metadata, "language_info", "name");
        var kernel = NotebookJson.Text(metadata, "kernelspec", "name");
        return NormalLanguage(
            NotebookJson.Text(metadata, "polyglot_notebook", "kernelInfo", "defaultKernelName")
                ?? NotebookJson.Text(metadata, "dotnet_interactive", "defaultKernelName")
                ?? (named == "polyglot-notebook" ? null : named)
                ?? NotebookJson.Text(metadata, "kernelspec", "language")
                ?? (kernel is null ? null : LanguageOfKernel(kernel))
                ?? CellLanguage.CSharp
        );
    }

    /// <summary>What a kernel without a language runs, by what kernels are called; null where the name says nothing.</summary>
    private static string? LanguageOfKernel(string kernel) =>
        kernel.StartsWith("python", StringComparison.OrdinalIgnoreCase) ? "python"
        : kernel.StartsWith("julia", StringComparison.OrdinalIgnoreCase) ? "julia"
        : kernel.StartsWith(".net-", StringComparison.Ordinal) ? kernel[".net-".Length..]
        : kernel == "ir" ? "r"
        : null;

    private static NotebookCell ReadCell(JsonObject json, string notebookLanguage)
    {
        var metadata = (json["metadata"] as JsonObject)?.DeepClone().AsObject() ?? [];
        var source = string.Join('\n', CellSplitter.Lines(NotebookJson.Joined(json["source"])));
        var type = NotebookJson.Text(json["cell_type"]);
        var language = type switch
        {
            "markdown" => CellLanguage.Markdown,
            "code" => NormalLanguage(
                NotebookJson.Text(metadata, "polyglot_notebook", "kernelName")
                    ?? NotebookJson.Text(metadata, "dotnet_interactive", "language")
                    ?? notebookLanguage
            ),
            "raw" => CellLanguage.Raw,
            _ => throw new JsonException($"It has a cell of the type '{type}'"),
        };

        // A kernel learns a cell's language from its first line; the document has it as a property.
        var selector = $"#!{language}";
        if (language != CellLanguage.CSharp && type == "code" && source.Split('\n', 2) is [var first, .. var rest])
        {
            source = first == selector ? string.Concat(rest) : source;
        }

        return new NotebookCell(language, source)
        {
            Id = NotebookJson.Text(json["id"]),
            Metadata = metadata,
            Attachments = (json[Attachments] as JsonObject)?.DeepClone().AsObject() ?? [],
            ExecutionCount =
                json["execution_count"] is JsonValue value && value.TryGetValue<int>(out var count) ? count : null,
            Outputs = (json["outputs"] as JsonArray)?.DeepClone().AsArray() ?? [],
            Layout = new IpynbCellLayout(json, language, source),
        };
    }

    private static JsonObject WriteCell(NotebookCell cell, int at, HashSet<string> ids)
    {
        var layout = cell.Layout as IpynbCellLayout;
        var json = layout?.Json.DeepClone().AsObject() ?? [];
        var isCode = cell.Language is not (CellLanguage.Markdown or CellLanguage.Raw);
        if (!isCode && cell.Attachments.Count > 0)
        {
            json[Attachments] = cell.Attachments.DeepClone();
        }
        else if (json[Attachments] is JsonObject { Count: > 0 })
        {
            json.Remove(Attachments);
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
            json["source"] = Lines(selector + cell.Source);
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
    internal static string DerivedId(NotebookCell cell, int at, int attempt)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{at}\n{attempt}\n{cell.Language}\n{cell.Source}"));
        return Convert.ToHexStringLower(hash)[..8];
    }

    private static string NormalLanguage(string language) =>
        CellLanguage.Aliases.GetValueOrDefault(language.ToLowerInvariant(), language.ToLowerInvariant());

    /// <summary>A text as nbformat has it: a list of lines, each but the last with its <c>\n</c>.</summary>
    internal static JsonArray Lines(string text)
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

    private sealed record IpynbCellLayout(JsonObject Json, string Language, string Source);

    private sealed record IpynbLayout(JsonObject Root, string? Indent, bool EndsInNewLine, bool CrLf)
    {
        public static readonly IpynbLayout Jupyter = new(
            new JsonObject
            {
                ["cells"] = new JsonArray(),
                ["metadata"] = new JsonObject(),
                ["nbformat"] = Major,
                ["nbformat_minor"] = 5,
            },
            " ",
            true,
            false
        );

        public static IpynbLayout Of(JsonObject root, string text)
        {
            var open = text.IndexOf('{');
            var line = text.IndexOf('\n', open);
            var indent = line < 0 ? null : text[(line + 1)..].TakeWhile(c => c is ' ' or '\t').ToArray();
            return new IpynbLayout(
                root,
                indent is null ? null : new string(indent),
                text.EndsWith('\n'),
                text.Contains("\r\n", StringComparison.Ordinal)
            );
        }
    }
}
