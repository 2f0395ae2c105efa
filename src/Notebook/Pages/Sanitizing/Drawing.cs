using System.Text;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Xhtml;
using Notebook.Outputs;

namespace Notebook.Pages.Sanitizing;

/// <summary>An SVG as an image that holds it: browsers run no script, load nothing and follow no link in one, and its styles end with it.</summary>
internal static partial class Drawing
{
    private const string Xlink = "http://www.w3.org/1999/xlink";

    // What follows the page's colour has to be told it.
    private const string Colors =
        "<style>:root{color:#1c2128}@media (prefers-color-scheme:dark){:root{color:#dde3ea}}</style>";

    private static readonly string[] OfTheImage = ["width", "height", "style", "class"];

    /// <summary>An SVG document as an image.</summary>
    public static string ToImage(string svg) => $"<img alt=\"\" src=\"{Address(svg)}\">";

    /// <summary>An element within HTML as an image.</summary>
    public static IElement ToImage(IHtmlDocument document, IElement svg)
    {
        var image = document.CreateElement("img");
        foreach (var name in OfTheImage.Where(svg.HasAttribute))
        {
            image.SetAttribute(name, svg.GetAttribute(name));
        }

        image.SetAttribute("alt", svg.GetAttribute("aria-label") ?? svg.QuerySelector("title")?.TextContent ?? "");
        svg.SetAttribute("xmlns", NamespaceNames.SvgUri);
        svg.SetAttribute("xmlns:xlink", Xlink);
        foreach (var html in svg.QuerySelectorAll("foreignObject > *"))
        {
            html.SetAttribute("xmlns", NamespaceNames.HtmlUri);
        }

        image.SetAttribute("src", Address(Xml(svg)));
        return image;
    }

    private static string Xml(IElement svg)
    {
        var text = new StringWriter();
        svg.ToHtml(text, XhtmlMarkupFormatter.Instance);
        return text.ToString();
    }

    private static string Address(string svg)
    {
        var root = Root().Match(svg);
        var isColored =
            !root.Success
            || !svg.Contains("currentColor", StringComparison.OrdinalIgnoreCase)
            || svg.Contains(":root", StringComparison.Ordinal);
        var whole =
            isColored || root.Value.EndsWith("/>", StringComparison.Ordinal)
                ? svg
                : svg.Insert(root.Index + root.Length, Colors);
        return $"data:{MimeTypes.Svg};base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(whole))}";
    }

    [GeneratedRegex("""<svg\b(?:[^>"']|"[^"]*"|'[^']*')*>""", RegexOptions.NonBacktracking)]
    private static partial Regex Root();
}
