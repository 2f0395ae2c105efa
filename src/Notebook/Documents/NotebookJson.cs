// JSON laid out as Jupyter lays it out (nbformat writes with Python's json: one space of indent, no escapes beyond the
// necessary), so that a notebook that passes through here differs only where it changed.
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Notebook.Documents;

/// <summary>Writes JSON as Python's <c>json.dumps(..., ensure_ascii=False)</c> does.</summary>
internal static partial class NotebookJson
{
    /// <summary>How many lists and objects may stand in each other: a cell's metadata lies deeper in one format than in the other.</summary>
    public const int Deepest = 520;

    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = Deepest };

    /// <summary>Reads JSON, and what Python writes into it that is none: <c>NaN</c> and the infinities are null.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static JsonNode? Parse(string text)
    {
        if (text.Contains("\\ud", StringComparison.OrdinalIgnoreCase))
        {
            text = LoneSurrogate().Replace(text, match => match.Groups["lone"].Success ? "\\ufffd" : match.Value);
        }

        try
        {
            return ParseOnce(text);
        }
        catch (JsonException) when (NoNumber().Replace(text, Null) is var cleaned && cleaned != text)
        {
            return ParseOnce(cleaned);
        }
    }

    // A member that is there twice is what Python takes it for, the last; JsonNode would refuse it whenever somebody looks.
    private static JsonNode? ParseOnce(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Reading with { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            using var document = JsonDocument.Parse(text, Reading);
            return LastOfEach(document.RootElement);
        }
    }

    private static JsonNode? LastOfEach(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in element.EnumerateObject())
                {
                    members[member.Name] = LastOfEach(member.Value);
                }

                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select(LastOfEach)]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }

    /// <summary>What a value is, for a sentence: <c>a text</c>, <c>a list</c>.</summary>
    public static string Kind(JsonNode? node) =>
        node?.GetValueKind() switch
        {
            null or JsonValueKind.Null => "null",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => "a number",
            JsonValueKind.Array => "a list",
            JsonValueKind.Object => "an object",
            _ => "true or false",
        };

    private static string Null(Match match) => match.Value[0] == '"' ? match.Value : "null";

    /// <summary>The text at a place; null where there is none, or something else.</summary>
    /// <param name="node">Where the way begins.</param>
    /// <param name="path">The members on the way.</param>
    public static string? Text(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var member in path)
        {
            node = (node as JsonObject)?[member];
        }

        return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
    }

    /// <summary>A text that nbformat has whole or as a list of its lines.</summary>
    /// <exception cref="JsonException">It is neither.</exception>
    public static string Joined(JsonNode? text) =>
        text switch
        {
            null => "",
            JsonArray lines => string.Concat(lines.Select(Joined)),
            _ => Text(text) ?? throw new JsonException("A cell's text is neither a text nor a list of lines"),
        };

    /// <summary>What is wrong with a text that should be JSON, on one line and without a full stop.</summary>
    public static string Reason(Exception exception)
    {
        var message = exception.Message.Split(" LineNumber")[0].Split(" Path:")[0];
        return string.Concat(message.Select(c => char.IsControl(c) ? ' ' : c)).TrimEnd('.', ' ');
    }

    /// <summary>Writes a node.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="node">The node.</param>
    /// <param name="indent">What a level is indented by; null for one line.</param>
    public static void Write(TextWriter text, JsonNode? node, string? indent) => Write(text, node, indent, 0);

    private static void Write(TextWriter text, JsonNode? node, string? indent, int depth)
    {
        switch (node)
        {
            case null:
                text.Write("null");
                break;
            case JsonObject members:
                WriteItems(
                    text,
                    '{',
                    '}',
                    members,
                    indent,
                    depth,
                    member => WriteMember(text, member, indent, depth + 1)
                );
                break;
            case JsonArray items:
                WriteItems(text, '[', ']', items, indent, depth, item => Write(text, item, indent, depth + 1));
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                WriteString(text, value.GetValue<string>());
                break;
            default:
                text.Write(node.ToJsonString());
                break;
        }
    }

    private static void WriteMember(TextWriter text, KeyValuePair<string, JsonNode?> member, string? indent, int depth)
    {
        WriteString(text, member.Key);
        text.Write(": ");
        Write(text, member.Value, indent, depth);
    }

    private static void WriteItems<T>(
        TextWriter text,
        char open,
        char close,
        ICollection<T> items,
        string? indent,
        int depth,
        Action<T> write
    )
    {
        text.Write(open);
        var first = true;
        foreach (var item in items)
        {
            text.Write(
                first ? ""
                : indent is null ? ", "
                : ","
            );
            first = false;
            NewLine(depth + 1);
            write(item);
        }

        if (items.Count > 0)
        {
            NewLine(depth);
        }

        text.Write(close);

        void NewLine(int level)
        {
            if (indent is not null)
            {
                text.WriteLine();
                for (var i = 0; i < level; i++)
                {
                    text.Write(indent);
                }
            }
        }
    }

    private static void WriteString(TextWriter text, string value)
    {
        text.Write('"');
        foreach (var c in value)
        {
            switch (c)
            {
                case '"':
                    text.Write("\\\"");
                    break;
                case '\\':
                    text.Write("\\\\");
                    break;
                case '\n':
                    text.Write("\\n");
                    break;
                case '\r':
                    text.Write("\\r");
                    break;
                case '\t':
                    text.Write("\\t");
                    break;
                case '\b':
                    text.Write("\\b");
                    break;
                case '\f':
                    text.Write("\\f");
                    break;
                case < ' ':
                    text.Write("\\u");
                    text.Write(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    break;
                default:
                    text.Write(c);
                    break;
            }
        }

        text.Write('"');
    }

    // What stands behind a backslash is one with it; a pair of surrogates is one letter.
    [GeneratedRegex(
        """
            \\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)
            """,
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex LoneSurrogate();

    // A text, which may speak of them, or one of the numbers that are none.
    [GeneratedRegex(
        """
            "(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b
            """,
        RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex NoNumber();
}
