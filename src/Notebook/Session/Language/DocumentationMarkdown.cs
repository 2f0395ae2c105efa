using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Notebook.Session.Language;

/// <summary>XML comments as Markdown.</summary>
internal static partial class DocumentationMarkdown
{
    /// <summary>A comment.</summary>
    /// <param name="comment">The element that holds <c>summary</c> and the others.</param>
    /// <param name="detail">0 for summary, parameters and result; 1 for remarks, exceptions and examples too.</param>
    public static string Of(XElement comment, int detail)
    {
        var text = new StringBuilder();
        Paragraph(text, null, comment.Element("summary"));
        Listed(text, "Parameters", comment.Elements("typeparam").Concat(comment.Elements("param")), "name");
        Paragraph(text, "Returns", comment.Element("returns") ?? comment.Element("value"));
        if (detail > 0)
        {
            Paragraph(text, "Remarks", comment.Element("remarks"));
            Listed(text, "Throws", comment.Elements("exception"), "cref");
            Paragraph(text, "Example", comment.Element("example"));
        }

        return text.ToString().Trim();
    }

    private static void Paragraph(StringBuilder text, string? title, XElement? element)
    {
        if (element is null || Content(element) is not { Length: > 0 } content)
        {
            return;
        }

        text.Append(title is null ? "" : $"**{title}** ").Append(content).Append("\n\n");
    }

    private static void Listed(StringBuilder text, string title, IEnumerable<XElement> elements, string attribute)
    {
        var items = elements
            .Select(each => $"- `{Short(each.Attribute(attribute)?.Value ?? "")}`: {Content(each)}")
            .ToList();
        if (items.Count > 0)
        {
            text.Append($"**{title}**\n\n").AppendJoin('\n', items).Append("\n\n");
        }
    }

    private static string Content(XElement element)
    {
        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            text.Append(
                node switch
                {
                    XText plain => Spaces().Replace(plain.Value, " "),
                    XElement { Name.LocalName: "see" or "seealso" } see => See(see),
                    XElement { Name.LocalName: "paramref" or "typeparamref" } name =>
                        $"`{name.Attribute("name")?.Value}`",
                    XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                    XElement { Name.LocalName: "code" } code => $"\n\n```csharp\n{Unindented(code.Value)}\n```\n\n",
                    XElement { Name.LocalName: "para" or "p" } paragraph => $"\n\n{Content(paragraph)}\n\n",
                    XElement { Name.LocalName: "list" } list =>
                        $"\n\n{string.Join('\n', list.Elements("item").Select(item => $"- {Content(item)}"))}\n\n",
                    XElement other => Content(other),
                    _ => "",
                }
            );
        }

        return text.ToString().Trim();
    }

    private static string See(XElement see) =>
        see.Attribute("langword") is { } word ? $"`{word.Value}`"
        : see.Attribute("cref") is { } reference
            ? $"`{(see.Value is { Length: > 0 } said ? said : Short(reference.Value))}`"
        : see.Attribute("href") is { } address
            ? $"[{(see.Value is { Length: > 0 } label ? label : address.Value)}]({address.Value})"
        : see.Value;

    /// <summary>M:System.IO.File.Open(System.String) is File.Open.</summary>
    private static string Short(string reference)
    {
        var kind = reference is [_, ':', ..] ? reference[0] : ' ';
        var name = (kind == ' ' ? reference : reference[2..]).Split('(')[0].Replace(".#ctor", "");
        var parts = Arity().Replace(name, "").Split('.');
        return string.Join('.', parts.TakeLast(kind is 'M' or 'P' or 'F' or 'E' ? 2 : 1));
    }

    private static string Unindented(string code)
    {
        var lines = code.Trim('\n', '\r').Split('\n');
        var indent = lines
            .Where(line => line.Trim().Length > 0)
            .Select(line => line.Length - line.TrimStart().Length)
            .DefaultIfEmpty(0)
            .Min();
        return string.Join('\n', lines.Select(line => line.Length >= indent ? line[indent..].TrimEnd() : "")).TrimEnd();
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"`+\d+")]
    private static partial Regex Arity();
}
