using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

/// <summary>What is seen of results where a notebook is opened that somebody else has run. Pictures are kept in artifacts/.</summary>
public sealed class ResultsTests(ResultsSession session) : IClassFixture<ResultsSession>
{
    private const int Desk = 1280;

    [TheoryIfLab]
    [InlineData(Places.Notebook, ColorScheme.Light)]
    [InlineData(Places.Notebook, ColorScheme.Dark)]
    [InlineData(Places.Lab, ColorScheme.Light)]
    [InlineData(Places.Lab, ColorScheme.Dark)]
    [InlineData(Places.Hosted, ColorScheme.Light)]
    public async Task Pictures_tables_and_words_are_there(string place, ColorScheme scheme)
    {
        var page = await session.Open(place, Desk, scheme);
        var outputs = Places.Outputs(place);
        await ResultsSession.Keep(page, $"{place}-{scheme}".ToLowerInvariant());
        var (pictures, tables) = await session.Held();

        // Where scripts run, an image has become the element that it holds.
        Assert.Equal(pictures, await page.EvaluateAsync<int>(Drawn, outputs));
        Assert.Equal(tables, await page.EvaluateAsync<int>(TablesWithHeads, outputs));
        Assert.Empty(await page.EvaluateAsync<string[]>(RunOn, outputs));
        Assert.Empty(await page.EvaluateAsync<string[]>(Cut, outputs));
        await page.CloseAsync();
    }

    [FactIfBrowser(NeedsLab = true)]
    public async Task A_chart_is_offered_as_Plotly_too_and_its_picture_says_what_a_point_is()
    {
        var charts = (await session.Bundles())
            .Where(each => each.ContainsKey("application/vnd.plotly.v1+json"))
            .ToArray();

        Assert.True(charts.Length > 3);
        Assert.All(
            charts,
            chart =>
            {
                Assert.Contains("<title>", ResultsSession.Text(chart["image/svg+xml"]!), StringComparison.Ordinal);
                Assert.Contains("text/html", chart);
                Assert.Contains("text/plain", chart);
            }
        );
    }

    private const string Drawn = """
        async outputs => {
          const all = Array.from(document.querySelectorAll(outputs)).flatMap(output => Array.from(output.querySelectorAll("img, svg[role=img]")));
          await Promise.all(all.map(each => each.decode?.()));
          return new Set(all.filter(each => (each.tagName === "svg" || each.naturalWidth > 0) && each.getBoundingClientRect().height > 8)).size;
        }
        """;

    // What is folded opens; a head is there to be read.
    private const string TablesWithHeads = """
        outputs => {
          document.querySelectorAll("details").forEach(each => { each.open = true; });
          const all = new Set(Array.from(document.querySelectorAll(outputs)).flatMap(output => Array.from(output.querySelectorAll("table"))));
          return Array.from(all).filter(table => table.tHead && Array.from(table.tHead.rows[0].cells).filter(cell => cell.textContent.trim())
            .every(cell => cell.checkVisibility() && cell.getBoundingClientRect().width > 8 && cell.getBoundingClientRect().height > 8)).length;
        }
        """;

    // Words of two elements without anything between them, which a style sheet kept apart.
    private const string RunOn = """
        outputs => {
          const found = [], inline = node => node.nodeType === Node.TEXT_NODE || getComputedStyle(node).display === "inline";
          for (const output of document.querySelectorAll(outputs))
            for (const each of output.querySelectorAll(":not(svg *, style, script, sup)")) {
              const next = each.nextSibling;
              if (!next || each.matches("style, script, svg, sup, img, br, wbr, code *, pre *") || next.nodeName === "SUP" || next.nodeName === "WBR" || !inline(each) || !inline(next)) continue;
              if (/[\p{L}\d]$/u.test(each.textContent) && /^[\p{L}\d]/u.test(next.textContent)) found.push(each.textContent.slice(-20) + "|" + next.textContent.slice(0, 20));
            }
          return found;
        }
        """;

    private const string Cut = """
        outputs => Array.from(document.querySelectorAll(outputs)).flatMap(output => [output, ...output.querySelectorAll("div, td, p, table")])
          .filter(e => e.checkVisibility() && !e.closest("svg, pre") && e.clientWidth > 0
            && (e.getBoundingClientRect().right > innerWidth + 1 || getComputedStyle(e).overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1))
          .map(e => `${e.tagName} ${e.className} ${e.scrollWidth}>${e.clientWidth}`)
        """;
}
