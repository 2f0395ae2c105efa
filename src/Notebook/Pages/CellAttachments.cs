// nbformat 4.1: pictures that lie in the cell itself, named in its Markdown by the scheme attachment.
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Notebook.Outputs;

namespace Notebook.Pages;

/// <summary>Finds the pictures of a cell's attachments.</summary>
internal static partial class CellAttachments
{
    private const string Scheme = "attachment:";

    /// <summary>The name in an address such as <c>attachment:red.png</c>; null when it is another kind of address.</summary>
    public static string? NameIn(string url) =>
        url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? Uri.UnescapeDataString(url[Scheme.Length..])
            : null;

    /// <summary>A picture as an address that holds it; null when the cell has none of that name.</summary>
    public static string? Find(JsonObject? attachments, string name)
    {
        foreach (var (type, content) in attachments?[name] as JsonObject ?? [])
        {
            if (ImageType().IsMatch(type) && Text(content) is { Length: > 0 } data)
            {
                // A drawing may stand there as it is.
                var base64 =
                    type == MimeTypes.Svg && data.AsSpan().TrimStart().StartsWith("<")
                        ? Convert.ToBase64String(Encoding.UTF8.GetBytes(data))
                        : string.Concat(data.Where(c => !char.IsWhiteSpace(c)));
                return Base64().IsMatch(base64) ? $"data:{type};base64,{base64}" : null;
            }
        }

        return null;
    }

    /// <summary>HTML with the pictures that its elements name.</summary>
    public static string InHtml(string html, JsonObject? attachments) =>
        attachments is not { Count: > 0 }
            ? html
            : Source()
                .Replace(
                    html,
                    match =>
                        Find(attachments, Uri.UnescapeDataString(match.Groups["name"].Value)) is { } picture
                            ? $"src=\"{picture}\""
                            : match.Value
                );

    private static string? Text(JsonNode? node) =>
        node switch
        {
            JsonArray lines => string.Concat(lines.Select(Text)),
            JsonValue value when value.TryGetValue<string>(out var text) => text,
            _ => null,
        };

    [GeneratedRegex("""\bsrc=(?<quote>["'])attachment:(?<name>[^"'<>]+)\k<quote>""", RegexOptions.IgnoreCase)]
    private static partial Regex Source();

    [GeneratedRegex("^image/[a-z0-9.+-]+$")]
    private static partial Regex ImageType();

    [GeneratedRegex("^[A-Za-z0-9+/]+=*$")]
    private static partial Regex Base64();
}
