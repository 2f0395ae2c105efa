using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

/// <summary>A page of results, written once by <c>tresnet run</c>, and a Chromium to open it in.</summary>
public sealed class PageSession : IAsyncLifetime
{
    /// <summary>The height of a window in which no chart of a page is far away, in pixels.</summary>
    internal const int TallEnough = 20_000;

    /// <summary>Whether all charts of a page are drawn.</summary>
    internal const string AllDrawn =
        "() => Array.from(document.querySelectorAll('.output.chart')).every(chart => chart.querySelector('.main-svg'))";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("page-");
    private IPlaywright? playwright;
    private IBrowser? browser;
    private string file = "";

    public async Task InitializeAsync()
    {
        if (new FactIfBrowserAttribute().Skip is not null)
        {
            return;
        }

        BrowserTests.WriteImages(folder.CreateSubdirectory("clothes").FullName);
        file = await Product.RunCells(
            folder.FullName,
            [
                "# Results\n\n| Idea | Instead of | Why |\n|---|---|---|\n| one | another | a long reason for it, in several words |",
                "## Networks\n\nSome of them.\n\n### From the paper",
                "#!tresnet-models",
                "#!tresnet-build --model tresnet_nano --num-classes 10 --in-chans 1",
                "## Training\n\nA short one.",
                "#!tresnet-train --model model --data clothes --epochs 2 --batch-size 32",
                "run.Plot()",
                "## Curves\n\nOf the loss.",
                "## Speed\n\nWith a headline that is long, and a legend of several lines.",
                "#!tresnet-throughput --models model --batch-sizes 1,2 --optimize --rounds 2 --round-time 0.02",
                "#!tresnet-profile --model model resnet18 --batch-size 2 --rounds 2 --round-time 0.02",
                "#!tresnet-compare --models tresnet*,resnet50",
                "var unknown = new { A = 1 };\nunknown.B",
            ],
            "page.html",
            exitCode: 1
        );
        (playwright, browser) = await BrowserSession.StartChromium();
    }

    public async Task DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.CloseAsync();
        }

        playwright?.Dispose();
        folder.Delete(recursive: true);
    }

    /// <summary>Opens the page, all of whose charts are drawn, as if the reader had been at each.</summary>
    /// <param name="width">Of the window, in pixels.</param>
    /// <param name="scheme">Light or dark.</param>
    internal async Task<IPage> Open(int width, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await OpenAbove(width, TallEnough, scheme);
        await page.WaitForFunctionAsync(AllDrawn);
        await page.SetViewportSizeAsync(width, 900);
        return page;
    }

    /// <summary>Opens the page at its top.</summary>
    /// <param name="width">Of the window, in pixels.</param>
    /// <param name="height">Of the window.</param>
    /// <param name="scheme">Light or dark.</param>
    internal async Task<IPage> OpenAbove(int width, int height, ColorScheme scheme = ColorScheme.Light)
    {
        var page = await BrowserSession.NewPage(
            browser!,
            new BrowserNewPageOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = height },
                ColorScheme = scheme,
            }
        );
        await page.GotoAsync($"file://{file}");
        return page;
    }

    /// <summary>Keeps a picture of the whole page in artifacts/, for people to look at.</summary>
    internal static Task Keep(IPage page, string name) =>
        page.ScreenshotAsync(
            new PageScreenshotOptions
            {
                FullPage = true,
                Path = Path.Combine(BrowserSession.Built("Artifacts"), $"page-{name}.png"),
            }
        );
}
