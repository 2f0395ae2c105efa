// HTML that came with a notebook, on a page where it may run nothing and change nothing but its own place.
using System.Globalization;
using AngleSharp;
using AngleSharp.Css.Dom;
using AngleSharp.Css.Parser;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ganss.Xss;
using Notebook.Outputs;

namespace Notebook.Pages.Sanitizing;

/// <summary>Takes out of HTML what runs, what asks the network and what reaches over the page, by HtmlSanitizer's lists and some of our own.</summary>
internal sealed class HtmlCleaner
{
    // Elements whose text is code, or says what to do where something else is not: it goes with them.
    private static readonly HashSet<string> WithContent = new(StringComparer.OrdinalIgnoreCase)
    {
        "script",
        "template",
        "noscript",
        "noembed",
        "noframes",
        "iframe",
        "object",
        "embed",
        "applet",
        "title",
        "xmp",
        "plaintext",
        "math",
        "svg",
    };

    // Controls that ask for something have nobody to send it to. Navigation is the page's own.
    private static readonly string[] TagsLeftOut =
    [
        "form",
        "button",
        "textarea",
        "select",
        "option",
        "optgroup",
        "datalist",
        "keygen",
        "output",
        "menuitem",
        "html",
        "head",
        "body",
        "nav",
    ];

    private static readonly string[] AttributesLeftOut =
    [
        "accesskey",
        "action",
        "autocomplete",
        "background",
        "contenteditable",
        "draggable",
        "dropzone",
        "enctype",
        "longdesc",
        "method",
        "name",
        "tabindex",
        "usemap",
    ];

    private readonly CssParser css = new(
        new CssParserOptions { IsIncludingUnknownDeclarations = true, IsToleratingInvalidSelectors = false }
    );

    private readonly HtmlSanitizer sanitizer = new();
    private bool hasLost;
    private int places;

    public HtmlCleaner()
    {
        sanitizer.KeepChildNodes = true;
        sanitizer.AllowCssCustomProperties = true;
        sanitizer.AllowedTags.UnionWith(["style", "audio", "video", "source", "mark", "hgroup"]);
        sanitizer.AllowedTags.ExceptWith(TagsLeftOut);
        sanitizer.AllowedAttributes.ExceptWith(AttributesLeftOut);
        sanitizer.AllowedAttributes.UnionWith(["id", "class", "role", "controls", "loop", "muted", "data-sort"]);
        sanitizer.AllowedAttributes.UnionWith([
            "aria-label",
            "aria-hidden",
            "aria-labelledby",
            "aria-describedby",
            "aria-sort",
        ]);
        sanitizer.AllowedCssProperties.UnionWith([
            "text-underline-offset",
            "text-decoration-thickness",
            "text-wrap",
            "aspect-ratio",
            "object-view-box",
        ]);
        sanitizer.DisallowCssPropertyValue = Addresses.NoValue;
        sanitizer.AllowedAtRules.Clear();
        sanitizer.AllowedAtRules.UnionWith([CssRuleType.Style, CssRuleType.Media]);
        sanitizer.RemovingTag += (_, removing) => Remove(removing);
        sanitizer.RemovingAttribute += (_, removing) =>
            hasLost |= removing.Attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase);
        sanitizer.FilterUrl += (_, url) =>
        {
            url.SanitizedUrl = Addresses.Safe(url.Tag, url.OriginalUrl);
            hasLost |= url.SanitizedUrl is null && Addresses.Runs(url.OriginalUrl);
        };
    }

    /// <summary>How many texts have lost what could run.</summary>
    public int Lost { get; private set; }

    /// <summary>What may stand in the page of some HTML.</summary>
    public string Clean(string html)
    {
        hasLost = false;
        var cleaned = HtmlParsing.Parse(html) is { } document ? Clean(document) : TooDeep();
        Lost += hasLost ? 1 : 0;
        return cleaned;
    }

    private string Clean(IHtmlDocument document)
    {
        var body = document.Body!;
        Prepare(document, body);
        var place = $"place-{++places}";
        // What the sanitizer's parser does not know it would drop: of plain rules it sees numbers.
        var plain = new List<string>();
        foreach (var style in body.QuerySelectorAll("style"))
        {
            style.RemoveAttribute("class");
            if (PlainStyles.Scoped(style.TextContent, ScopedStyles.Scope(place)) is { } rules)
            {
                (style.ClassName, style.TextContent) = ($"{plain.Count}", "");
                plain.Add(rules);
            }
        }

        sanitizer.SanitizeDom(document, body);
        var styles = body.QuerySelectorAll("style");
        foreach (var style in styles)
        {
            style.TextContent = style.ClassName is { Length: > 0 } number
                ? plain[int.Parse(number, CultureInfo.InvariantCulture)]
                : ScopedStyles.Of(css.ParseStyleSheet(style.TextContent), place);
            style.RemoveAttribute("class");
        }

        var html = body.ChildNodes.ToHtml(HtmlFormatter.Instance);
        return styles.Length == 0 ? html : $"<div class=\"{place}\">{html}</div>";
    }

    private string TooDeep()
    {
        hasLost = true;
        return "<p>An output of elements in each other, more than " + HtmlParsing.Deepest + " deep, is left out.</p>";
    }

    /// <summary>What has another form in which it can stay: drawings as images, anchors by id, tables that sort themselves by a mark.</summary>
    private static void Prepare(IHtmlDocument document, IElement body)
    {
        var drawings = body.QuerySelectorAll("svg").Where(svg => svg.ParentElement?.Closest("svg") is null).ToList();
        SharedSymbols.TakeIn(drawings);
        foreach (var svg in drawings)
        {
            svg.Replace(Drawing.ToImage(document, svg));
        }

        // Of what a person fills in only the boxes of lists are left.
        foreach (var input in body.QuerySelectorAll("input:not([type=checkbox])"))
        {
            input.Remove();
        }

        foreach (var anchor in body.QuerySelectorAll("a[name]:not([id])"))
        {
            anchor.Id = anchor.GetAttribute("name");
        }

        foreach (var head in body.QuerySelectorAll("thead[onclick]"))
        {
            head.ClassList.Add("sortable");
        }

        // Whoever wrote the page's own marks into an output would have the page's scripts do their work there.
        foreach (var box in body.QuerySelectorAll(".output, .mermaid, .code, .prose"))
        {
            box.ClassList.Remove("output", "mermaid", "code", "prose");
        }
    }

    private void Remove(RemovingTagEventArgs removing)
    {
        var tag = removing.Tag;
        if (
            tag is IHtmlScriptElement
            && tag.GetAttribute("type") == MimeTypes.Plotly
            && FigureJson.Compact(tag.TextContent) is { } json
        )
        {
            tag.Attributes.Select(each => each.Name)
                .Where(name => name != "type")
                .ToList()
                .ForEach(name => tag.RemoveAttribute(name));
            tag.TextContent = json;
            removing.Cancel = true;
            return;
        }

        // Of a list of what went only what could have done something is told.
        hasLost |=
            tag.LocalName is not ("button" or "nav" or "title" or "math" or "html" or "head" or "body" or "output");
        if (WithContent.Contains(tag.LocalName) || tag.NamespaceUri != NamespaceNames.HtmlUri)
        {
            tag.TextContent = "";
        }
    }
}
