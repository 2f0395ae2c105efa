using System.Reflection;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

/// <summary>A Jupyter Notebook server and a Chromium without a window, shared by the tests of a class.</summary>
public sealed class BrowserSession : IAsyncLifetime
{
    private const float Patience = 120_000; // milliseconds: a busy machine is slow to start a kernel
    private NotebookServer? server;
    private IPlaywright? playwright;
    private IBrowser? browser;

    internal NotebookServer Server => server!;

    public async Task InitializeAsync()
    {
        if (new FactIfBrowserAttribute().Skip is not null)
        {
            return;
        }

        server = await NotebookServer.StartAsync();
        (playwright, browser) = await StartChromium();
    }

    /// <summary>Starts the browser.</summary>
    internal static async Task<(IPlaywright Playwright, IBrowser Browser)> StartChromium()
    {
        Environment.SetEnvironmentVariable("PLAYWRIGHT_DRIVER_SEARCH_PATH", Built("Playwright"));
        Assertions.SetDefaultExpectTimeout(Patience);
        var playwright = await Playwright.CreateAsync();
        var browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = FactIfBrowserAttribute.Chromium,
                Args = ["--no-sandbox"], // root, as in a container, cannot have one
            }
        );
        return (playwright, browser);
    }

    /// <summary>Opens a window whose waits have the patience of all; Playwright's own gives up after 30 s, on busy machines too.</summary>
    internal static async Task<IPage> NewPage(IBrowser browser, BrowserNewPageOptions? options = null)
    {
        var page = await browser.NewPageAsync(options);
        page.SetDefaultTimeout(Patience);
        return page;
    }

    public Task DisposeAsync() => CloseAsync(playwright, browser, server);

    /// <summary>Ends what was started of these.</summary>
    internal static async Task CloseAsync(IPlaywright? playwright, IBrowser? browser, NotebookServer? server)
    {
        if (browser is not null)
        {
            await browser.CloseAsync();
        }

        playwright?.Dispose();
        if (server is not null)
        {
            await server.DisposeAsync();
        }
    }

    /// <summary>Opens a new notebook of these code cells and waits until its kernel is idle.</summary>
    internal async Task<NotebookPage> Open(string name, params string[] cells) =>
        await Show(name, await Server.Write($"{name}.ipynb", cells));

    private async Task<NotebookPage> Show(string name, string address)
    {
        var page = await NewPage(
            browser!,
            new BrowserNewPageOptions
            {
                ViewportSize = new ViewportSize { Width = 1100, Height = 900 },
            }
        );
        var notebook = new NotebookPage(page, Path.Combine(Built("Artifacts"), $"{name}.png"));
        await notebook.GoTo(address);
        return notebook;
    }

    /// <summary>Opens a notebook of these code cells that was run elsewhere, as one that Jupyter does not trust.</summary>
    internal async Task<NotebookPage> OpenUntrusted(string name, params string[] cells) =>
        await Show(name, await Server.WriteRun(name, cells));

    /// <summary>A folder that the project file tells.</summary>
    internal static string Built(string name) =>
        typeof(BrowserSession)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == name)
            .Value!;
}
