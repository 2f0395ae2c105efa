// Notebooks of IPython before Jupyter: nbformat 2 and 3, with worksheets in which outputs have a member for each form.
// What becomes of each part is as nbformat's own conversion has it (nbformat/v4/convert.py).
using System.Text.Json;
using System.Text.Json.Nodes;
using Notebook.Outputs;

namespace Notebook.Documents;

/// <summary>Reads nbformat 2 and 3 as nbformat 4.</summary>
internal static class NbformatUpgrade
{
    /// <summary>The versions that are read.</summary>
    public static bool Knows(int version) => version is 2 or 3;

    /// <summary>The notebook as nbformat 4 has it.</summary>
    /// <exception cref="JsonException">It has no worksheets, or a cell is of an unknown type.</exception>
    public static JsonObject Upgrade(JsonObject old)
    {
        var sheets = old["worksheets"] as JsonArray ?? throw new JsonException("It has no worksheets");
        var cells = sheets
            .SelectMany(sheet =>
                (sheet as JsonObject)?["cells"] as JsonArray ?? throw new JsonException("A worksheet has no cells")
            )
            .Select(cell => cell as JsonObject ?? throw new JsonException("A cell is not an object"))
            .ToList();
        var metadata = Metadata(old);
        metadata.Remove("name");
        metadata.Remove("signature");
        if (
            metadata["kernelspec"] is null
            && cells.Select(cell => NotebookJson.Text(cell["language"])).FirstOrDefault(each => each is not null)
                is { } language
        )
        {
            metadata["language_info"] ??= new JsonObject { ["name"] = language };
        }

        return new JsonObject
        {
            ["cells"] = new JsonArray([.. cells.Select(Cell)]),
            ["metadata"] = metadata,
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        };
    }

    private static JsonObject Cell(JsonObject old)
    {
        var source = old["source"]?.DeepClone() ?? "";
        switch (NotebookJson.Text(old["cell_type"]))
        {
            case "code":
                var metadata = Metadata(old);
                if (old["collapsed"] is { } collapsed)
                {
                    metadata["collapsed"] = collapsed.DeepClone();
                }

                return new JsonObject
                {
                    ["cell_type"] = "code",
                    ["execution_count"] = old["prompt_number"]?.DeepClone(),
                    ["metadata"] = metadata,
                    ["outputs"] = new JsonArray([
                        .. (old["outputs"] as JsonArray ?? []).OfType<JsonObject>().Select(Output),
                    ]),
                    ["source"] = old["input"]?.DeepClone() ?? "",
                };
            case "heading":
                var level = old["level"] is JsonValue value && value.TryGetValue<int>(out var number) ? number : 1;
                var text = NotebookJson.Joined(source).ReplaceLineEndings(" ").Trim();
                return Prose(old, "markdown", $"{new string('#', Math.Clamp(level, 1, 6))} {text}");
            case "markdown" or "html":
                return Prose(old, "markdown", source);
            case "raw" or "plaintext":
                return Prose(old, "raw", source);
            case var type:
                throw new JsonException($"It has a cell of the type '{type}'");
        }
    }

    private static JsonObject Prose(JsonObject old, string type, JsonNode source) =>
        new()
        {
            ["cell_type"] = type,
            ["metadata"] = Metadata(old),
            ["source"] = source,
        };

    private static JsonObject Output(JsonObject old)
    {
        var type = NotebookJson.Text(old["output_type"]);
        switch (type)
        {
            case "stream":
                return new JsonObject
                {
                    ["name"] = old["stream"]?.DeepClone() ?? "stdout",
                    ["output_type"] = type,
                    ["text"] = old["text"]?.DeepClone() ?? "",
                };
            case "pyerr":
                return new JsonObject
                {
                    ["ename"] = old["ename"]?.DeepClone() ?? "",
                    ["evalue"] = old["evalue"]?.DeepClone() ?? "",
                    ["output_type"] = "error",
                    ["traceback"] = old["traceback"]?.DeepClone() ?? new JsonArray(),
                };
            default:
                var data = new JsonObject();
                foreach (var (name, content) in old.Where(member => MimeType(member.Key) is not null))
                {
                    data[MimeType(name)!] = content?.DeepClone();
                }

                var output = new JsonObject { ["data"] = data };
                if (type == "pyout")
                {
                    output["execution_count"] = old["prompt_number"]?.DeepClone();
                }

                output["metadata"] = Metadata(old);
                output["output_type"] = type == "pyout" ? "execute_result" : "display_data";
                return output;
        }
    }

    private static JsonObject Metadata(JsonObject old) => (old["metadata"] as JsonObject)?.DeepClone().AsObject() ?? [];

    private static string? MimeType(string member) =>
        member switch
        {
            "text" => MimeTypes.Plain,
            "html" => MimeTypes.Html,
            "svg" => MimeTypes.Svg,
            "png" => "image/png",
            "jpeg" => "image/jpeg",
            "latex" => "text/latex",
            "json" => "application/json",
            "javascript" => "application/javascript",
            _ when member.Contains('/') => member,
            _ => null,
        };
}
