using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>The tutorials as a site, opened from the disk on a desk and on a phone. Pictures of the list are kept in artifacts/.</summary>
public sealed class TutorialSiteTests
{
    private const string Broken = """
        () => Array.from(document.querySelectorAll("a[href]")).map(a => a.getAttribute("href"))
          .filter(href => href.startsWith("#") ? !document.getElementById(href.slice(1)) : href.endsWith(".ipynb"))
        """;

    [FactIfBrowser]
    public async Task Every_page_opens_without_an_error_and_leads_to_the_next()
    {
        var folder = Directory.CreateTempSubdirectory("site-");
        var (playwright, browser) = await BrowserSession.StartChromium();
        try
        {
            await Product.Run(Notebooks(), [], ["gallery", ".", "--output-dir", folder.FullName]);
            await Walk(browser, folder.FullName);
        }
        finally
        {
            await BrowserSession.CloseAsync(playwright, browser, null);
            folder.Delete(recursive: true);
        }
    }

    private static async Task Walk(IBrowser browser, string folder)
    {
        var page = await BrowserSession.NewPage(browser);
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
            {
                errors.Add($"{page.Url}: {message.Text}");
            }
        };
        page.PageError += (_, error) => errors.Add($"{page.Url}: {error}");
        await page.GotoAsync($"file://{folder}/index.html");
        var notebooks = Directory.GetFiles(Notebooks(), "*.ipynb").Length;
        Assert.Equal(notebooks, await page.Locator(".gallery li").CountAsync());
        // Each has a picture that is one, and a question.
        Assert.Equal(
            notebooks,
            await page.EvaluateAsync<int>("Array.from(document.images).filter(image => image.naturalWidth > 0).length")
        );
        Assert.Equal(notebooks, await page.Locator(".gallery p:not(:empty)").CountAsync());
        // From here on in the dark: each change of it draws all charts of a page once more.
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        int[] widths = [1200, 390];
        foreach (var width in widths)
        {
            await Fits(page, width, height: 900);
            await page.ScreenshotAsync(
                new PageScreenshotOptions
                {
                    FullPage = true,
                    Path = Path.Combine(BrowserSession.Built("Artifacts"), $"site-{width}.png"),
                }
            );
        }

        await page.Locator(".gallery a").First.ClickAsync();
        for (var seen = 1; ; seen++)
        {
            // As wide as the page before at first.
            widths = [.. widths.Reverse()];
            await Fits(page, widths[0]);
            await Expect(page.Locator(".output.chart").First).ToBeAttachedAsync();
            await page.WaitForFunctionAsync(PageSession.AllDrawn);
            await Fits(page, widths[1], height: 900);

            Assert.Empty(await page.EvaluateAsync<string[]>(Broken));
            var next = page.Locator("a[rel=next]");
            if (await next.CountAsync() == 0)
            {
                Assert.Equal(notebooks, seen);
                break;
            }

            await next.ClickAsync();
        }

        await page.Locator(".frame a").First.ClickAsync();
        Assert.EndsWith("/index.html", page.Url);
        Assert.Empty(errors);
        await page.CloseAsync();
    }

    /// <summary>The page that is open is as wide as a window, by default one that shows all of it, once its charts are drawn anew.</summary>
    private static async Task Fits(IPage page, int width, int height = PageSession.TallEnough)
    {
        await page.SetViewportSizeAsync(width, height);
        await page.WaitForFunctionAsync("width => document.documentElement.scrollWidth === width", width);
    }

    private static string Notebooks([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "notebooks"));
}
