using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Notebook.Documents;
using Notebook.Outputs;
using Notebook.Pages;
using Notebook.Pages.Sanitizing;

namespace Notebook.Tests.Pages;

/// <summary>What is left of a notebook's outputs on a page where they may run nothing. A browser opens the same notebook in EndToEnd.Tests.</summary>
public sealed partial class SanitizedPageTests
{
    private const string Elements =
        "iframe, frame, object, embed, applet, portal, base, link, form, button, textarea, select, input:not([type=checkbox]), math, svg, template, noscript, xmp, noembed, [srcdoc], [srcset], [background], [action], [formaction], [ping], [poster], [name]:not(meta)";

    [Fact]
    public void Nothing_is_left_that_runs_or_asks_for_something()
    {
        var page = Parse(Page(HostileNotebook.Json(HostileNotebook.Host)));

        Assert.Empty(page.Body!.QuerySelectorAll(Elements).Select(each => each.OuterHtml));
        Assert.DoesNotContain(
            page.All.SelectMany(each => each.Attributes).Select(each => each.Name),
            name => name.StartsWith("on", StringComparison.OrdinalIgnoreCase)
        );
        Assert.All(
            page.QuerySelectorAll("[href]").Select(each => each.GetAttribute("href")!),
            address => Assert.Matches(Followed(), address)
        );
        Assert.All(
            page.QuerySelectorAll("[src]"),
            each => Assert.StartsWith("data:image/", each.GetAttribute("src"), StringComparison.Ordinal)
        );
        Assert.All(
            page.Body!.QuerySelectorAll("[style], style"),
            each => Assert.DoesNotMatch(Asking(), each.GetAttribute("style") ?? each.TextContent)
        );
        Assert.Single(page.QuerySelectorAll("meta[http-equiv]"));
        Assert.Single(page.QuerySelectorAll("main"));
    }

    [Fact]
    public void The_policy_names_each_script_of_the_page_and_no_other()
    {
        var page = Parse(Page(HostileNotebook.Json(HostileNotebook.Host)));
        var policy = page.QuerySelector("meta[http-equiv=Content-Security-Policy]")!.GetAttribute("content")!;
        var scripts = page.QuerySelectorAll("script:not([type$=json])").Select(each => each.TextContent).ToArray();

        Assert.Equal(3, scripts.Length); // plotly, mermaid, the page's
        Assert.Equal(
            "script-src "
                + string.Join(
                    ' ',
                    scripts.Select(text =>
                        $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'"
                    )
                ),
            policy[policy.IndexOf("script-src", StringComparison.Ordinal)..]
        );
    }

    [Fact]
    public void Styles_end_with_their_output()
    {
        var styles = string.Concat(
            Parse(Page(HostileNotebook.Json(HostileNotebook.Host)))
                .Body!.QuerySelectorAll("style")
                .Select(each => each.TextContent)
        );

        Assert.DoesNotContain("@import", styles);
        Assert.Contains("display: none", styles); // it is there, for what is in an output
        Assert.All(
            Selectors().Matches(styles).Select(match => match.Groups[1].Value),
            selector => Assert.Matches("^:where\\(\\.place-\\d+\\) ", selector)
        );
    }

    [Theory]
    [InlineData(
        "<b>x</b> <a href=\"https://example.org/?a=1&amp;b=2\">y</a>",
        "<b>x</b> <a href=\"https://example.org/?a=1&amp;b=2\">y</a>"
    )]
    [InlineData("<a href=\"other.html#x\">y</a>", "<a href=\"other.html#x\">y</a>")]
    [InlineData("<a name=\"x\"></a>", "<a id=\"x\"></a>")]
    [InlineData(
        "<table border=\"1\" class=\"dataframe\"><thead><tr><th>a</th></tr></thead></table>",
        "<table border=\"1\" class=\"dataframe\"><thead><tr><th>a</th></tr></thead></table>"
    )]
    [InlineData("<td data-sort=\"1\" style=\"text-align:right\">x</td>", "x")]
    [InlineData("<div style=\"--wide: 96px; width: 50%\">x</div>", "<div style=\"--wide: 96px; width: 50%\">x</div>")]
    [InlineData(
        "<input id=\"a\" type=\"checkbox\"><label for=\"a\">more</label>",
        "<input id=\"a\" type=\"checkbox\"><label for=\"a\">more</label>"
    )]
    [InlineData(
        "<audio controls src=\"data:audio/wav;base64,UklGRg==\"></audio>",
        "<audio controls=\"\" src=\"data:audio/wav;base64,UklGRg==\"></audio>"
    )]
    [InlineData(
        "<style>.a b{color:red}</style>",
        "<div class=\"place-1\"><style>:where(.place-1) .a b{color:red}\n</style></div>"
    )]
    public void What_harms_nobody_stays(string html, string expected)
    {
        var cleaner = new HtmlCleaner();

        Assert.Equal(expected, cleaner.Clean(html));
        Assert.Equal(0, cleaner.Lost);
    }

    [Fact]
    public void A_figure_within_html_stays_as_data()
    {
        var cleaner = new HtmlCleaner();

        Assert.Equal(
            "<script type=\"application/vnd.plotly.v1+json\">{\"a\":\"\\u003Cb\"}</script>",
            cleaner.Clean("<script type=\"application/vnd.plotly.v1+json\" id=\"x\">{ \"a\": \"<b\" }</script>")
        );
        Assert.Equal(0, cleaner.Lost);
    }

    [Fact]
    public void A_drawing_within_html_becomes_an_image_of_itself()
    {
        var html = new HtmlCleaner().Clean(
            "<p><svg width=\"8\" aria-label=\"a &amp; b\"><path stroke=\"currentColor\" d=\"M0 0\"/></svg></p>"
        );

        var image = Parse(html).QuerySelector("p > img")!;
        Assert.Equal(("8", "a & b"), (image.GetAttribute("width"), image.GetAttribute("alt")));
        var svg = Drawn(image);
        Assert.Equal("{http://www.w3.org/2000/svg}svg", svg.Root!.Name.ToString());
        Assert.Contains("prefers-color-scheme", svg.ToString());
    }

    [Theory]
    [InlineData(
        "a.b::after,c d{text-align:left}",
        ":where(.place-1) a.b::after,:where(.place-1) c d{text-align: left}\n"
    )]
    [InlineData(
        "@media print{e\\:f{color:red}g.h{text-align:left}}",
        "@media print{:where(.place-1) g.h{text-align: left}\n}\n"
    )]
    [InlineData(".a\\5c 7b\\5c 7d main\\5c 7b color:red\\5c 7d{text-align:left}", "")]
    public void Of_a_sheet_that_is_not_plain_the_plain_rules_stay(string sheet, string expected) =>
        Assert.Equal(
            $"<div class=\"place-1\"><style>{expected}</style></div>",
            new HtmlCleaner().Clean($"<style>{sheet} @page{{}}</style>")
        );

    [Fact]
    public void A_drawing_brings_the_symbols_of_others_that_it_uses()
    {
        var html = new HtmlCleaner().Clean(
            "<svg><defs><symbol id=\"a\"><use href=\"#b\"/></symbol><g id=\"b\"><path d=\"M1 2\"/></g></defs></svg>"
                + "<svg><use xlink:href=\"#a\"/></svg><svg><use href=\"#gone\"/></svg>"
        );

        var drawings = Parse(html).QuerySelectorAll("img").Select(Drawn).ToArray();
        Assert.Equal(
            ["a", "b"],
            drawings[1].Descendants().Select(each => each.Attribute("id")?.Value).OfType<string>()
        );
        Assert.Contains("M1 2", drawings[1].ToString());
        Assert.Single(drawings[2].Root!.Descendants());
    }

    [Fact]
    public void A_symbol_that_would_be_copied_without_end_is_not()
    {
        var symbol = $"<svg><symbol id=\"a\"><path d=\"{new string('1', 1 << 20)}\"/></symbol></svg>";

        Assert.InRange(
            new HtmlCleaner()
                .Clean(symbol + string.Concat(Enumerable.Repeat("<svg><use href=\"#a\"/></svg>", 20)))
                .Length,
            1 << 21,
            1 << 23
        );
    }

    [Fact]
    public void A_drawing_is_told_the_colour_behind_the_whole_of_its_first_tag()
    {
        var image = Notebook.Pages.Sanitizing.Drawing.ToImage(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" aria-label=\"a > b\" fill='currentColor'><g/></svg>"
        );

        var svg = Drawn(Parse(image).QuerySelector("img")!);
        Assert.Equal("a > b", svg.Root!.Attribute("aria-label")!.Value);
        Assert.Equal(["style", "g"], svg.Root!.Elements().Select(each => each.Name.LocalName));
    }

    [Fact]
    public void A_figure_with_half_a_character_is_one()
    {
        Assert.Equal(
            "<script type=\"application/vnd.plotly.v1+json\">{\"a\":\"\\uFFFD\"}</script>",
            new HtmlCleaner().Clean("<script type=\"application/vnd.plotly.v1+json\">{\"a\":\"\\ud800\"}</script>")
        );
    }

    [Theory]
    [InlineData("<div>", 100_000)]
    [InlineData("<svg><g>", 20_000)]
    [InlineData("<table><td>", 20_000)]
    public void Elements_in_each_other_without_end_are_left_out(string element, int times) =>
        Assert.Contains("is left out", new HtmlCleaner().Clean(string.Concat(Enumerable.Repeat(element, times))));

    [Fact]
    public void What_was_taken_out_is_counted_by_output()
    {
        var path = Path.GetTempFileName();
        var document = new NotebookDocument([
            new NotebookCell(CellLanguage.Markdown, "# Fine"),
            Shown("<b>fine</b>"),
            Shown("<script>1</script><script>2</script>"),
            Shown("<b onclick='1'>x</b>"),
        ]);

        Assert.Equal(2, NotebookPage.Write(document, path, sanitize: true));
        Assert.DoesNotContain("onclick", File.ReadAllText(path));
        Assert.Equal(0, NotebookPage.Write(document, path));
        Assert.Contains("<script>1</script>", File.ReadAllText(path));
        File.Delete(path);
    }

    private static XDocument Drawn(IElement image) =>
        XDocument.Parse(Encoding.UTF8.GetString(Convert.FromBase64String(image.GetAttribute("src")!.Split(',')[1])));

    private static NotebookCell Shown(string html)
    {
        var cell = new NotebookCell(CellLanguage.CSharp, "x") { ExecutionCount = 1 };
        cell.Outputs.Add(OutputJson.Write(new DisplayOutput(new MimeBundle { { "text/html", html } }), 1));
        return cell;
    }

    private static string Page(string notebook)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("hostile").FullName, "a.ipynb");
        File.WriteAllText(path, notebook);
        var page = NotebookPage.Render(DocumentFormats.Read(path), null, sanitize: true);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        return page;
    }

    private static AngleSharp.Html.Dom.IHtmlDocument Parse(string html) =>
        new HtmlParser(new HtmlParserOptions { IsScripting = true }).ParseDocument(html);

    [GeneratedRegex(@"(url|src|image|image-set)\s*\(|@import")]
    private static partial Regex Asking();

    [GeneratedRegex("^(#|https?://|mailto:|[^:]*$)")]
    private static partial Regex Followed();

    [GeneratedRegex(@"(?:^|[{}\n])\s*([^@{}]+)\{")]
    private static partial Regex Selectors();
}
