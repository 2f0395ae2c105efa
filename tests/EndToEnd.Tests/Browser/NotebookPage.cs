// Jupyter Notebook 6's page: what of it a person sees and presses.
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TResNet.Interactive.Tables;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>A notebook that is open in the browser.</summary>
internal sealed partial class NotebookPage(IPage page, string screenshot) : IAsyncDisposable
{
    private readonly List<string> errors = [];

    /// <summary>What the completer lists.</summary>
    public ILocator Completions => page.Locator("#complete option");

    /// <summary>The box that Shift+Tab opens.</summary>
    public ILocator Tooltip => page.Locator("#tooltip .tooltiptext");

    /// <summary>Exceptions in the page's scripts.</summary>
    public IReadOnlyList<string> Errors => errors;

    public async Task GoTo(string address)
    {
        page.PageError += (_, error) => errors.Add(error);
        await page.GotoAsync(address);
        await UntilIdle();
    }

    /// <summary>A code cell, from 0.</summary>
    public ILocator Cell(int index) => page.Locator(".code_cell").Nth(index);

    /// <summary>What a cell's last expression is shown as.</summary>
    public ILocator ResultOf(int cell) => Cell(cell).Locator(".output_result");

    /// <summary>
    /// Starts a cell. Shift+Enter would add a cell below the last one, to which Notebook 6 gives no id, and then it does not trust what it saved.
    /// </summary>
    public async Task Start(int cell)
    {
        await Cell(cell).Locator(".CodeMirror").ClickAsync();
        await Press("Control+Enter");
    }

    /// <summary>Waits until a cell has its number and the kernel is idle: a busy one Notebook 6 does not ask for completions.</summary>
    public async Task UntilDone(int cell)
    {
        await Expect(Cell(cell).Locator(".input_prompt")).ToHaveTextAsync(Done());
        await UntilIdle();
    }

    /// <summary>Runs a cell to its end.</summary>
    public async Task Run(int cell)
    {
        await Start(cell);
        await UntilDone(cell);
    }

    /// <summary>Presses the toolbar's stop button.</summary>
    public Task Stop() => page.ClickAsync("[data-jupyter-action='jupyter-notebook:interrupt-kernel']");

    /// <summary>Types into the field that has the focus.</summary>
    public Task Type(string text) => page.Keyboard.TypeAsync(text);

    /// <summary>Presses a key or several together, such as <c>Shift+Tab</c>.</summary>
    public Task Press(string keys) => page.Keyboard.PressAsync(keys);

    /// <summary>Empties a cell and types into it.</summary>
    public async Task Write(int cell, string text)
    {
        await Cell(cell).Locator(".CodeMirror").ClickAsync();
        await Press("Control+A");
        await Press("Delete");
        await Type(text);
    }

    /// <summary>What stands in a cell.</summary>
    public Task<string> SourceOf(int cell) => Cell(cell).Locator(".CodeMirror-code").InnerTextAsync();

    /// <summary>Saves the notebook and opens it again.</summary>
    public async Task SaveAndReload()
    {
        await page.RunAndWaitForResponseAsync(
            () => page.ClickAsync("[data-jupyter-action='jupyter-notebook:save-notebook']"),
            response => response.Request.Method == "PUT"
        );
        await page.ReloadAsync();
        await UntilIdle();
    }

    /// <summary>The parts of outputs that have to be scrolled to be seen.</summary>
    public Task<string[]> ScrollBars() =>
        page.EvaluateAsync<string[]>(
            """
            () => Array.from(document.querySelectorAll(".output, .output *")).filter(e => {
              const style = getComputedStyle(e), scrolls = kind => kind === "auto" || kind === "scroll";
              return scrolls(style.overflowY) && e.scrollHeight > e.clientHeight + 1
                || scrolls(style.overflowX) && e.scrollWidth > e.clientWidth + 1;
            }).map(e => `${e.tagName} ${e.className}`)
            """
        );

    /// <summary>Whether Jupyter trusts the notebook.</summary>
    public Task<bool> IsTrusted() => page.EvaluateAsync<bool>("() => Jupyter.notebook.trusted");

    /// <summary>Asks pictures for their dark or their light look.</summary>
    public Task Prefer(ColorScheme scheme) =>
        page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });

    /// <summary>The images in outputs that are drawn, and all of them.</summary>
    public async Task<(int Drawn, int All)> Images()
    {
        var counts = await page.EvaluateAsync<int[]>(
            """
            async () => {
              const images = Array.from(document.querySelectorAll(".output img"));
              await Promise.all(images.map(image => image.decode()));
              return [images.filter(image => image.naturalWidth > 0 && image.clientHeight > 50).length, images.length];
            }
            """
        );
        return (counts[0], counts[1]);
    }

    /// <summary>Keeps a picture of the window in artifacts/, for people to look at.</summary>
    /// <param name="suffix">Tells it from others of the notebook.</param>
    public Task Keep(string suffix = "") =>
        page.ScreenshotAsync(new PageScreenshotOptions { Path = screenshot.Replace(".png", $"{suffix}.png") });

    public async ValueTask DisposeAsync() => await page.CloseAsync();

    private Task UntilIdle() => page.Locator("#kernel_indicator_icon.kernel_idle_icon").WaitForAsync();

    [GeneratedRegex(@"In.\[\d+\]:")]
    private static partial Regex Done();
}
