using System.Text.RegularExpressions;
using Notebook.Documents;
using Notebook.Outputs;
using Notebook.Pages;
using Notebook.Runner;
using Tests;

namespace Notebook.Tests;

public sealed partial class PageTests
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "Samples");

    [Fact]
    public async Task The_gallery_is_a_page_that_needs_nothing_beside_it()
    {
        var page = await Gallery();
        Assert.Contains("default-src 'none'", page);
        Assert.Equal(1, Count(page, "plotly.js (cartesian - minified) v"));
        var own = ScriptsAndStyles().Replace(page, "");
        Assert.DoesNotMatch("(src|href)=\"(?!data:|#|https://arxiv.org/abs/2003.13630\")", own);
        Assert.DoesNotContain("@import", page);
    }

    [Fact]
    public async Task The_gallery_looks_as_it_was_looked_at()
    {
        var body = ScriptsAndStyles().Replace(await Gallery(new("/* plotly.js */".ToString)), "");
        body = RoomsOfTimes().Replace(Times().Replace(body, "TIME"), "width:ROOM");
        Snapshot.Match(body[body.IndexOf("<main>", StringComparison.Ordinal)..], "html");
    }

    [Fact]
    public async Task Without_plotly_a_chart_is_its_picture()
    {
        var page = await Gallery(plotly: null);
        Assert.DoesNotContain("class=\"plot\"", page);
        Assert.Equal(2, Count(page, "<svg "));
    }

    [Fact]
    public void A_page_without_charts_does_not_carry_plotly() =>
        Assert.True(NotebookPage.Render(DibFormat.Parse("#!md\n# Short\n")).Length < 50_000);

    [Theory]
    [InlineData("""{"data":[{"y":[1]},{"type":"heatmap","z":[[1]]}],"layout":{}}""", null, "cartesian")]
    [InlineData("""{"data":[{"type":"bar"},{"type":"scatter3d"}]}""", null, "whole")]
    [InlineData("""{"data":[],"frames":[{"data":[{"type":"surface"}]}]}""", null, "whole")]
    [InlineData("""{"data":"odd","frames":[1],"layout":[]}""", null, "cartesian")]
    [InlineData("""{"data":[]}""", "<p>Loss</p>", "cartesian")]
    [InlineData(
        """{"data":[]}""",
        """<script type="application/vnd.plotly.v1+json">{"data":[{}]}</script><script data-draws="application/vnd.plotly.v1+json">Plotly.newPlot()</script>""",
        "cartesian"
    )]
    [InlineData(
        """{"data":[]}""",
        """<script type="application/vnd.plotly.v1+json">{"data":[{}]}</script><script>Plotly.newPlot()</script>""",
        "whole"
    )]
    [InlineData(
        """{"data":[]}""",
        """<div><script type='application/vnd.plotly.v1+json' id="x">{"data":[{"type":"sankey"}]}</script></div>""",
        "whole"
    )]
    [InlineData("""{"data":[]}""", """<script>Plotly.newPlot(here, [{type: "pie"}])</script>""", "whole")]
    [InlineData(null, "<p>Plotly</p>", "none")]
    public void A_page_carries_the_smaller_plotly_that_draws_all_it_has(string? figure, string? html, string carried)
    {
        var cell = new NotebookCell(CellLanguage.CSharp, "x") { ExecutionCount = 1 };
        foreach (var (type, content) in new[] { ("application/vnd.plotly.v1+json", figure), ("text/html", html) })
        {
            if (content is not null)
            {
                cell.Outputs.Add(OutputJson.Write(new DisplayOutput(new MimeBundle { { type, content } }), 1));
            }
        }

        var page = NotebookPage.Render(
            new NotebookDocument([cell]),
            null,
            new PlotlyScripts("'plotly: whole'".ToString, "'plotly: cartesian'".ToString)
        );

        Assert.Equal(carried, PlotlyKind().Match(page) is { Success: true } kind ? kind.Groups[1].Value : "none");
        Assert.Contains(
            figure is null ? "Plotly" : "'plotly: whole'",
            NotebookPage.Render(new NotebookDocument([cell]), null, new PlotlyScripts("'plotly: whole'".ToString))
        );
    }

    [Fact]
    public void The_smaller_plotly_draws_the_traces_that_are_listed()
    {
        string[] listed = ["bar", "box", "contour", "heatmap", "histogram", "image", "pie", "scatter", "violin"];
        var smaller = PageAssets.Plotly!.Drawing(listed);

        Assert.InRange(smaller.Length, 1_000_000, 2_000_000);
        Assert.Equal(
            TraceModules().Matches(smaller).Select(match => match.Groups[1].Value).Distinct().Order(),
            PlotlyScripts.CartesianTraces.Order()
        );
        Assert.InRange(PageAssets.Plotly.Drawing([.. listed, "sankey"]).Length, 4_000_000, 6_000_000);
    }

    [Fact]
    public void A_notebook_that_did_not_run_shows_no_verdict_and_no_cell_as_not_run()
    {
        var page = NotebookPage.Render(DibFormat.Parse("1 + 1"));
        Assert.DoesNotContain("class=\"summary\"", page);
        Assert.DoesNotContain("class=\"cell not-run\"", page);
    }

    [Fact]
    public void A_figure_cannot_end_its_script_element()
    {
        var page = Show(
            new DisplayOutput(new MimeBundle { { "application/vnd.plotly.v1+json", """{"data":"</script><b>"}""" } })
        );
        Assert.DoesNotContain("</script><b>", page);
    }

    [Fact]
    public void Console_text_is_shown_without_escapes_and_overwritten_lines() =>
        Assert.Contains(
            "<pre>red &lt;b&gt;\n99 %</pre>",
            Show(new StreamOutput(StreamKind.Stdout, "\u001b[31mred\u001b[0m <b>\n10 %\r99 %\n"))
        );

    [Theory]
    [InlineData("text/html", "<b>x</b>", "<div class=\"output html\"><b>x</b></div>")]
    [InlineData("image/png", "iVBO\nRw0=", "src=\"data:image/png;base64,iVBORw0=\"")]
    [InlineData("image/svg+xml", "<?xml version=\"1.0\"?><svg/>", "<div class=\"svg adaptable\"><svg/></div>")]
    [InlineData("image/svg+xml", "<svg><image/></svg>", "<div class=\"svg\"><svg><image/></svg></div>")]
    [InlineData("text/markdown", "*x*", "<p><em>x</em></p>")]
    [InlineData("text/plain", "a<b", "<pre>a&lt;b</pre>")]
    public void Each_form_has_its_place(string type, string content, string html) =>
        Assert.Contains(html, Show(new ResultOutput(new MimeBundle { { "text/plain", "plain" }, { type, content } })));

    [Theory]
    [InlineData("$a_1 * b_2 * c$", "<span class=\"math\">a_1 * b_2 * c</span>")]
    [InlineData("| a |\n|--:|\n| 1 |", "<td style=\"text-align: right;\">1</td>")]
    [InlineData("## A b!\n\n## A b!", "<h2 id=\"a-b-2\">A b!</h2>")]
    [InlineData("```csharp\nvar x = 1;\n```", "<pre><code class=\"language-csharp\">")]
    [InlineData("![far](https://example.org/x.png)", "<a href=\"https://example.org/x.png\">far</a>")]
    [InlineData("![missing](none.png)", "<a href=\"none.png\">missing</a>")]
    [InlineData("![dot](dot.svg)", "<img src=\"data:image/svg+xml;base64,PHN2Zy8+\" alt=\"dot\"")]
    public void Markdown_becomes_html(string markdown, string html)
    {
        var folder = Directory.CreateTempSubdirectory("notebook").FullName;
        File.WriteAllText(Path.Combine(folder, "dot.svg"), "<svg/>");
        var page = NotebookPage.Render(
            new NotebookDocument([new NotebookCell(CellLanguage.Markdown, markdown)]),
            folder
        );
        Directory.Delete(folder, recursive: true);
        Assert.Contains(html, page);
    }

    [Fact]
    public void Code_has_colours_and_keeps_its_text()
    {
        const string Code =
            "#!tresnet-train --model tresnet_m --epochs=3\n// a comment\nusing System;\nvar x = $\"{1.5:0.0} <\" + nameof(Math);\nforeach (Foo y in new List<int>()) Console.WriteLine(y is null);\n#!markdown\n**not** code";
        var html = CSharpHighlighter.ToHtml(Code);
        Assert.Equal(Code, System.Net.WebUtility.HtmlDecode(Tags().Replace(html, "")));
        Snapshot.Match(html, "html");
    }

    private static string Show(Output output)
    {
        var cell = new NotebookCell(CellLanguage.CSharp, "x") { ExecutionCount = 1 };
        cell.Outputs.Add(OutputJson.Write(output, 1));
        return NotebookPage.Render(new NotebookDocument([cell]), null, new PlotlyScripts("/* plotly.js */".ToString));
    }

    private static Task<string> Gallery() => Gallery(PageAssets.Plotly);

    private static async Task<string> Gallery(PlotlyScripts? plotly)
    {
        using var host = new NotebookHost([new GalleryExtension()]);
        var document = DocumentFormats.Read(Path.Combine(Samples, "gallery.dib"));
        await new NotebookRunner(host).RunAsync(document);
        var page = NotebookPage.Render(document, Samples, plotly);
        if (plotly == PageAssets.Plotly)
        {
            await File.WriteAllTextAsync(Path.Combine(Samples, "gallery.html"), page);
        }

        return page;
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    [GeneratedRegex("<(script|style)>.*?</\\1>", RegexOptions.Singleline)]
    private static partial Regex ScriptsAndStyles();

    [GeneratedRegex(@"width:\d+ch")]
    private static partial Regex RoomsOfTimes();

    [GeneratedRegex(@"\d+ \w+ \d{4}, \d\d:\d\d UTC|\b[0-9.]+ (ms|s)\b")]
    private static partial Regex Times();

    [GeneratedRegex("'plotly: (\\w+)'")]
    private static partial Regex PlotlyKind();

    [GeneratedRegex("moduleType:\"trace\",name:\"(\\w+)\"")]
    private static partial Regex TraceModules();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();
}
