// Outputs between the running cell and the document: nbformat 4.5's "output" objects.
using System.Text.Json;
using System.Text.Json.Nodes;
using Notebook.Outputs;

namespace Notebook.Documents;

/// <summary>Converts outputs from and to what an <c>.ipynb</c> stores.</summary>
internal static class OutputJson
{
    /// <summary>The stored form of an output; null for those that only change others.</summary>
    public static JsonObject? Write(Output output, int executionCount) =>
        output switch
        {
            StreamOutput stream => new JsonObject
            {
                ["name"] = stream.Name,
                ["output_type"] = "stream",
                ["text"] = IpynbWriter.Lines(stream.Text),
            },
            DisplayOutput display => new JsonObject
            {
                ["data"] = Data(display.Data),
                ["metadata"] = display.Metadata?.DeepClone() ?? new JsonObject(),
                ["output_type"] = "display_data",
            },
            ResultOutput result => new JsonObject
            {
                ["data"] = Data(result.Data),
                ["execution_count"] = executionCount,
                ["metadata"] = new JsonObject(),
                ["output_type"] = "execute_result",
            },
            ErrorOutput error => new JsonObject
            {
                ["ename"] = error.Name,
                ["evalue"] = error.Value,
                ["output_type"] = "error",
                ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)line)]),
            },
            _ => null,
        };

    /// <summary>Whether a stored output is of a kind that <see cref="Read"/> reads.</summary>
    public static bool Knows(JsonNode? node) =>
        node is JsonObject json
        && NotebookJson.Text(json["output_type"]) is "stream" or "display_data" or "execute_result" or "error";

    /// <summary>A stored output as it was emitted; null when it is of no known kind.</summary>
    public static Output? Read(JsonNode? node) =>
        node is not JsonObject json
            ? null
            : NotebookJson.Text(json["output_type"]) switch
            {
                "stream" => new StreamOutput(
                    NotebookJson.Text(json["name"]) == "stderr" ? StreamKind.Stderr : StreamKind.Stdout,
                    Text(json["text"])
                ),
                "display_data" => new DisplayOutput(Bundle(json["data"])),
                "execute_result" => new ResultOutput(Bundle(json["data"])),
                "error" => new ErrorOutput(
                    Text(json["ename"]),
                    Text(json["evalue"]),
                    (json["traceback"] as JsonArray ?? []).Select(Text).ToList()
                ),
                _ => null,
            };

    private static JsonObject Data(MimeBundle bundle)
    {
        var data = bundle.ToJson();

        foreach (var (type, text) in bundle)
        {
            // Base64 stays one string, as Jupyter writes it; text is a list of lines, which diffs well.
            if (IsText(type) && data[type]?.GetValueKind() == JsonValueKind.String)
            {
                data[type] = IpynbWriter.Lines(text);
            }
        }

        return data;
    }

    private static MimeBundle Bundle(JsonNode? data)
    {
        var bundle = new MimeBundle();
        foreach (var (type, content) in data as JsonObject ?? [])
        {
            bundle.Add(type, MimeBundle.IsJson(type) ? content?.ToJsonString() ?? "null" : Text(content));
        }

        return bundle;
    }

    private static bool IsText(string type) =>
        type.StartsWith("text/", StringComparison.Ordinal)
        || type is MimeTypes.Svg or "application/javascript" or "application/xml";

    private static string Text(JsonNode? node) =>
        node switch
        {
            JsonArray lines => string.Concat(lines.Select(Text)),
            JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
            null => "",
            _ => node.ToJsonString(),
        };
}
