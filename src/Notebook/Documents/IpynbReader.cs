using System.Text.Json;
using System.Text.Json.Nodes;
using Notebook.Language;

namespace Notebook.Documents;

/// <summary>Makes a notebook of the JSON of an <c>.ipynb</c>.</summary>
internal static class IpynbReader
{
    /// <summary>Reads a notebook.</summary>
    /// <exception cref="JsonException">A part is missing or of another kind.</exception>
    /// <exception cref="CommandException">It is of another version of nbformat.</exception>
    public static NotebookDocument Read(JsonObject root, string text, string fileName)
    {
        var version = Version(root["nbformat"]);
        if (NbformatUpgrade.Knows(version))
        {
            root = NbformatUpgrade.Upgrade(root);
        }
        else if (version != IpynbFormat.Major)
        {
            throw new CommandException(
                $"{fileName} is an nbformat {version} notebook; nbformat 2 to {IpynbFormat.Major} are read. Open and save it with a current Jupyter first."
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
        )
        {
            Notes = [.. IpynbNotes.Of(root, fileName)],
        };
        root["cells"] = new JsonArray();
        root["metadata"] = new JsonObject();
        document.Layout = IpynbLayout.Of(root, text);
        return document;
    }

    private static int Version(JsonNode? node) =>
        node is null ? throw new JsonException("It has no nbformat")
        : node is JsonValue value && value.TryGetValue<double>(out var number) && number == Math.Truncate(number)
            ? (int)Math.Clamp(number, 0, int.MaxValue)
        : throw new JsonException($"Its nbformat is {NotebookJson.Kind(node)} in place of a number");

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
            null => throw new JsonException("It has a cell that says no type"),
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
            Attachments = (json[IpynbFormat.Attachments] as JsonObject)?.DeepClone().AsObject() ?? [],
            ExecutionCount =
                json["execution_count"] is JsonValue value && value.TryGetValue<int>(out var count) ? count : null,
            Outputs = (json["outputs"] as JsonArray)?.DeepClone().AsArray() ?? [],
            Layout = new IpynbCellLayout(json, language, source),
        };
    }

    private static string NormalLanguage(string language) =>
        CellLanguage.Aliases.GetValueOrDefault(language.ToLowerInvariant(), language.ToLowerInvariant());
}
