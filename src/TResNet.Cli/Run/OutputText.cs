using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TResNet.Cli;

/// <summary>The outputs of a cell as text: what it wrote, and what it showed as <c>text/plain</c>.</summary>
internal static partial class OutputText
{
    /// <summary>The text of outputs as nbformat has them; errors are left out.</summary>
    public static string Of(JsonArray outputs) =>
        string.Concat(
            outputs.Select(output =>
                (string?)output?["output_type"] switch
                {
                    "stream" => Joined(output["text"]),
                    "display_data" or "execute_result" when output["data"]?["text/plain"] is { } plain => EndedLine(
                        Joined(plain)
                    ),
                    _ => "",
                }
            )
        );

    /// <summary>A text whose last line has an end.</summary>
    public static string EndedLine(string text) => text.EndsWith('\n') ? text : text + "\n";

    /// <summary>A text without the escapes that give a terminal colours.</summary>
    public static string WithoutEscapes(string text) => Escape().Replace(text, "");

    private static string Joined(JsonNode? text) =>
        text is JsonArray lines ? string.Concat(lines.Select(line => (string?)line)) : (string?)text ?? "";

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escape();
}
