using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>A page of results on screens, on phones, on paper and without a pointer. Pictures are kept in artifacts/.</summary>
public sealed class PageTests(PageSession session) : IClassFixture<PageSession>
{
    private const int Phone = 390;
    private const int Desk = 1200;

    [FactIfBrowser(NeedsAxe = true)]
    public async Task Axe_finds_no_violation_in_light_and_in_dark()
    {
        foreach (var width in new[] { Phone, Desk })
        {
            var page = await session.OpenAbove(width, PageSession.TallEnough);
            await page.AddScriptTagAsync(new PageAddScriptTagOptions { Path = BrowserSession.Built("Axe") });
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await Turn(page, scheme);
                await PageSession.Keep(page, $"{width}-{scheme}".ToLowerInvariant());
                var (passes, violations) = await Axe(page);
                Assert.Empty(violations);
                Assert.True(passes > 20, $"Axe looked at {passes} rules alone.");
            }

            await page.CloseAsync();
        }
    }

    [FactIfBrowser]
    public async Task On_a_phone_plots_stack_rows_fold_and_nothing_overlaps()
    {
        var page = await session.Open(Phone);

        Assert.Equal(Phone, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(
            await page.EvaluateAsync<string[]>(
                """
                () => Array.from(document.querySelectorAll(".output, .output *:not(pre)")).filter(e =>
                  /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth + 1).map(e => e.className)
                """
            )
        );
        // Three panels, each as wide as the plot, one below the other.
        var panels = await page.EvaluateAsync<double[][]>(
            """
            () => { const of = Array.from(document.querySelectorAll(".js-plotly-plot")).map(e => e._fullLayout).find(layout => layout.xaxis3);
              return ["", "2", "3"].map(n => [...of["xaxis" + n].domain, ...of["yaxis" + n].domain]); }
            """
        );
        Assert.All(panels, panel => Assert.Equal([0, 1], panel[..2]));
        Assert.True(panels[0][2] > panels[1][3] && panels[1][2] > panels[2][3]);
        Assert.Empty(await Overlaps(page));
        await Expect(page.Locator(".modebar-btn")).ToHaveCountAsync(0);

        // A row is a block with the columns' names; wide again, it is a row. (A table of measurements may be too wide for any window.)
        var table = page.Locator("table", new PageLocatorOptions { HasText = "tresnet_xl" }).First;
        await Expect(table.Locator("tbody tr").First).ToHaveCSSAsync("display", "block");
        Assert.Equal(
            "\"name\"",
            await table.Locator("tbody td").First.EvaluateAsync<string>("e => getComputedStyle(e, '::before').content")
        );
        await page.SetViewportSizeAsync(Desk, 900);
        await Expect(table.Locator("tbody tr").First).ToHaveCSSAsync("display", "table-row");
        await page.CloseAsync();
    }

    [FactIfBrowser]
    public async Task Paper_shows_everything_from_any_window()
    {
        const int sheet = 673; // A4 without its margins
        foreach (var width in new[] { Phone, Desk })
        {
            var page = await session.Open(width, ColorScheme.Dark);
            var bytes = await page.PdfAsync(new PagePdfOptions { PreferCSSPageSize = true });
            Assert.True(bytes.Length > 20_000);

            await page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");
            // Paper has another width than the window and tells no script.
            await page.EvaluateAsync("addEventListener('resize', event => event.stopImmediatePropagation(), true)");
            await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
            await page.SetViewportSizeAsync(sheet, 900);
            await PageSession.Keep(page, $"print-{width}");

            Assert.Empty(
                await page.EvaluateAsync<string[]>(
                    """
                    sheet => Array.from(document.querySelectorAll("main *")).filter(e => e.checkVisibility() && e.getBoundingClientRect().right > sheet + 1)
                      .map(e => e.outerHTML.slice(0, 80))
                    """,
                    sheet
                )
            );
            Assert.Empty(
                await page.EvaluateAsync<string[]>(
                    """
                    () => Array.from(document.querySelectorAll(".output, .output *")).filter(e => /auto|scroll|hidden/.test(getComputedStyle(e).overflowX)
                      && e.scrollWidth > e.clientWidth + 1 && !e.closest("svg") && e.clientWidth > 0).map(e => e.outerHTML.slice(0, 80))
                    """
                )
            );
            await Expect(page.Locator(".drawn > .fallback > svg").First).ToBeVisibleAsync();
            await Expect(page.Locator(".drawn > .plot").First).ToBeHiddenAsync();
            await Expect(page.Locator("thead").First).ToHaveCSSAsync("display", "table-header-group");
            await Expect(page.Locator("tfoot").First).ToHaveCSSAsync("display", "table-row-group"); // not again on each sheet
            await page.CloseAsync();
        }
    }

    [FactIfBrowser]
    public async Task A_chart_is_its_picture_until_the_reader_comes_near()
    {
        var page = await session.OpenAbove(Desk, 200);
        var charts = page.Locator(".output.chart");
        var last = charts.Last;
        await Expect(last.Locator(".fallback > svg")).ToBeAttachedAsync();
        Assert.True(await charts.CountAsync() > 3);
        await Expect(page.Locator(".output.chart.drawn")).ToHaveCountAsync(0);

        await last.ScrollIntoViewIfNeededAsync();
        await Expect(last.Locator(".main-svg").First).ToBeVisibleAsync();
        await Expect(last.Locator(".fallback")).ToBeHiddenAsync();

        // Far away again, it is not drawn in the colours of the dark, but when the reader comes back.
        await page.EvaluateAsync("scrollTo(0, 0)");
        await page.WaitForFunctionAsync("() => scrollY === 0");
        // The page is told what is near after the frame in which that changes.
        await page.EvaluateAsync(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
        );
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await Expect(last.Locator(".fallback > svg")).ToBeVisibleAsync();
        await Expect(last.Locator(".main-svg")).ToHaveCountAsync(0);
        await last.ScrollIntoViewIfNeededAsync();
        await Expect(last.Locator(".main-svg").First).ToBeVisibleAsync();
        await page.CloseAsync();
    }

    [FactIfBrowser(NeedsPdfText = true)]
    public async Task A_table_over_several_sheets_has_its_head_on_each()
    {
        var page = await session.Open(Desk);
        await page.EvaluateAsync("document.querySelectorAll('details').forEach(each => { each.open = true; })");
        var file = Path.GetTempFileName();
        await page.PdfAsync(new PagePdfOptions { PreferCSSPageSize = true, Path = file });
        var sheets = await PdfText.PagesOf(file);
        File.Delete(file);

        var listed = sheets.Where(sheet => sheet.Contains(" RegNet", StringComparison.Ordinal)).ToArray();
        Assert.True(listed.Length > 1, string.Concat(sheets));
        Assert.All(listed, sheet => Assert.Matches("name +family +year", sheet));
        Assert.All(listed, sheet => Assert.DoesNotContain("arXiv \u25be", sheet, StringComparison.Ordinal));
        await page.CloseAsync();
    }

    [FactIfBrowser]
    public async Task The_tools_of_a_chart_do_what_works_without_a_network()
    {
        var page = await session.Open(Desk);
        var chart = page.Locator(".output.chart .js-plotly-plot").First;
        await chart.HoverAsync();
        var tools = await chart
            .Locator(".modebar-btn")
            .EvaluateAllAsync<string[]>("all => all.map(each => each.getAttribute('data-title') || '')");

        Assert.Contains(tools, tool => tool.Contains("Download", StringComparison.Ordinal));
        Assert.DoesNotContain(tools, tool => tool.Contains("Share", StringComparison.Ordinal));
        Assert.DoesNotContain(tools, tool => tool.Contains("Studio", StringComparison.Ordinal));
        Assert.DoesNotContain(tools, tool => tool.Contains("Produced with", StringComparison.Ordinal));
        await page.CloseAsync();
    }

    [FactIfBrowser]
    public async Task The_contents_follow_the_reader_and_the_keyboard_reaches_what_a_pointer_does()
    {
        var page = await session.Open(Desk);
        var here = page.Locator("nav a[aria-current=location]");
        await page.Locator("nav a", new() { HasText = "Speed" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(here).ToHaveTextAsync("Speed");
        await page.Keyboard.PressAsync("Home");
        await page.WaitForFunctionAsync("() => scrollY === 0");
        await page.Locator("#training").EvaluateAsync("heading => heading.scrollIntoView()");
        await Expect(here).ToHaveTextAsync("Training");
        // The note of a cell has its room at the end of the first line, within the margin of the box, and takes none of the others.
        Assert.Empty(
            await page.EvaluateAsync<string[]>(
                """
                () => Array.from(document.querySelectorAll(".code")).filter(code => {
                  const [note, room, text] = [".note", ".room", "code"].map(each => code.querySelector(each));
                  return room.getBoundingClientRect().width + 16 < note.getBoundingClientRect().width || getComputedStyle(text).paddingRight !== "0px";
                }).map(code => code.textContent.slice(0, 80))
                """
            )
        );

        var sort = page.Locator("th button").First;
        await sort.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("th[aria-sort]")).ToHaveCountAsync(1);
        var pictures = page.Locator("svg[role=img], img");
        Assert.True(await pictures.CountAsync() > 4);
        Assert.Empty(
            await pictures.EvaluateAllAsync<string[]>(
                "all => all.filter(each => !(each.getAttribute('aria-label') || each.alt)).map(each => each.outerHTML.slice(0, 80))"
            )
        );
        await page.CloseAsync();
    }

    /// <summary>Changes the scheme of a page that is open, which draws its charts again in the colours of the other.</summary>
    private static async Task Turn(IPage page, ColorScheme scheme)
    {
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
        await page.WaitForFunctionAsync(
            """
            () => { const ink = getComputedStyle(document.body).color, pen = document.createElement("i");
              document.body.append(pen);
              const inks = Array.from(document.querySelectorAll(".drawn > .js-plotly-plot"), plot => { pen.style.color = plot._fullLayout.font.color; return getComputedStyle(pen).color; });
              pen.remove();
              return inks.length > 3 && inks.every(each => each === ink); }
            """
        );
    }

    private static async Task<(int Passes, string[] Violations)> Axe(IPage page)
    {
        var violations = await page.EvaluateAsync<string[]>(
            """
            async () => {
              const found = await axe.run();
              window.passes = found.passes.length;
              return found.violations.map(each => `${each.id}: ${each.nodes.map(node => node.html.slice(0, 120)).slice(0, 5).join(" ")}`);
            }
            """
        );
        return (await page.EvaluateAsync<int>("window.passes"), violations);
    }

    /// <summary>Texts of charts that stand on each other, or out of their chart.</summary>
    private static Task<string[]> Overlaps(IPage page) =>
        page.EvaluateAsync<string[]>(
            """
            () => Array.from(document.querySelectorAll(".js-plotly-plot")).flatMap(plot => {
              const box = plot.getBoundingClientRect(), found = [];
              const texts = Array.from(plot.querySelectorAll(".gtitle, .gtitle-subtitle, .legendtext, .xtitle, .ytitle, .annotation-text, .textpoint text"))
                .map(e => ({ text: e.textContent, rect: e.getBoundingClientRect(), shown: e.style.visibility !== "hidden" })).filter(each => each.rect.width > 0 && each.shown);
              texts.forEach((a, i) => {
                if (a.rect.left < box.left - 1 || a.rect.right > box.right + 1 || a.rect.top < box.top) found.push("out: " + a.text);
                texts.slice(i + 1).forEach(b => {
                  if (a.rect.left < b.rect.right - 1 && b.rect.left < a.rect.right - 1 && a.rect.top < b.rect.bottom - 3 && b.rect.top < a.rect.bottom - 3)
                    found.push(a.text + " | " + b.text);
                });
              });
              return found;
            })
            """
        );
}
