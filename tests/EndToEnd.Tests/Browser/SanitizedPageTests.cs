using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Notebook.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>A notebook of known tricks as a page, in a browser: none of them runs, and what our own cells showed is drawn.</summary>
public sealed class SanitizedPageTests : IDisposable
{
    private const string Ours = """
        display(TResNet.Charts.Figure.FromJson("{\"data\":[{\"y\":[1,3,2],\"name\":\"ours\"}],\"layout\":{\"title\":{\"text\":\"ours\"}}}"));
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("hostile-");

    public void Dispose() => folder.Delete(recursive: true);

    [FactIfBrowser]
    public async Task No_trick_runs_and_our_charts_and_tables_work()
    {
        using var machine = new Machine();
        var page = await Write(machine.Address);
        var (playwright, browser) = await BrowserSession.StartChromium();
        try
        {
            var opened = await BrowserSession.NewPage(
                browser,
                new()
                {
                    ViewportSize = new() { Width = 1200, Height = PageSession.TallEnough },
                }
            );
            var (events, raised) = (new List<string>(), new List<string>());
            await opened.ExposeFunctionAsync("raise", (string name) => raised.Add(name));
            opened.Dialog += (_, dialog) => events.Add($"dialog {dialog.Message}");
            opened.Popup += (_, popup) => events.Add($"window {popup.Url}");
            opened.PageError += (_, error) => events.Add($"error {error}");
            opened.FrameAttached += (_, frame) => events.Add($"frame {frame.Url}");
            await opened.GotoAsync($"file://{page}");
            await Expect(opened.Locator(".output.chart .main-svg").First).ToBeAttachedAsync();
            await Expect(opened.Locator("pre.mermaid svg").First).ToBeAttachedAsync();

            // A reader clicks what there is and goes over it; what a link opens by itself would show as another address.
            await opened.EvaluateAsync(
                """
                () => {
                  for (const each of document.querySelectorAll(".output *, .prose *")) {
                    for (const type of ["mouseover", "focus", "toggle", "animationstart"]) each.dispatchEvent(new Event(type, { bubbles: true }));
                    if (each.matches(".click, thead th") || (each.matches("a[href]") && !/^(https?|mailto|file):/.test(each.href))) each.click();
                  }
                }
                """
            );
            await Expect(opened.Locator("main")).ToBeVisibleAsync();

            // Ours: drawn, sorted by a click, in the look that their styles give.
            var table = opened.Locator("table.tresnet-table").First;
            await Expect(table.Locator("thead th button").First).ToBeVisibleAsync();
            await Expect(table).ToHaveCSSAsync("border-collapse", "collapse");
            await Expect(table.Locator("td.tresnet-number").First).ToHaveCSSAsync("text-align", "right");
            var names = table.Locator("tbody td:first-child");
            await table.Locator("thead th button").First.ClickAsync();
            await Expect(table.Locator("th").First).ToHaveAttributeAsync("aria-sort", "ascending");
            var up = await names.AllInnerTextsAsync();
            await table.Locator("thead th button").First.ClickAsync();
            var down = await names.AllInnerTextsAsync();
            Assert.Equal(("tresnet_l", "tresnet_xl_448"), (up[0].Split('\n')[0], down[0].Split('\n')[0]));
            Assert.Equal(up.Reverse(), down);
            await Expect(opened.Locator(".gtitle", new() { HasText = "ours" }).First).ToBeVisibleAsync();
            // A figure that is none has its picture, and takes no other with it.
            var odd = opened.Locator(".output.chart:not(.drawn)");
            await Expect(odd).ToHaveCountAsync(HostileNotebook.OddFigures.Count);
            await Expect(odd.Locator(".fallback img")).ToHaveCountAsync(HostileNotebook.OddFigures.Count);
            await Expect(opened.Locator(".output.chart.drawn:not(:has(.main-svg))")).ToHaveCountAsync(0);
            // Nothing stands over the page but what is the page's.
            Assert.DoesNotContain(
                "overlay",
                await opened.EvaluateAsync<string>(
                    "document.elementFromPoint(innerWidth / 2, innerHeight / 2).className"
                )
            );

            Assert.Empty(raised);
            Assert.Empty(events);
            Assert.Equal($"file://{page}", opened.Url.Split('#')[0]);
            Assert.Equal(0, machine.Asked);
            await opened.ScreenshotAsync(
                new PageScreenshotOptions
                {
                    FullPage = true,
                    Path = Path.Combine(BrowserSession.Built("Artifacts"), "sanitized.png"),
                }
            );
        }
        finally
        {
            await BrowserSession.CloseAsync(playwright, browser, null);
        }
    }

    private async Task<string> Write(string host)
    {
        var own = await Product.RunCells(folder.FullName, ["#!tresnet-models tresnet*", Ours], "own.ipynb");
        var cells = JsonNode.Parse(await File.ReadAllTextAsync(own))!["cells"]!.AsArray();
        var notebook = HostileNotebook.Json(host, [.. cells.Select(cell => (JsonObject)cell!.DeepClone())]);
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "hostile.ipynb"), notebook);
        var said = await Product.Run(folder.FullName, [], ["convert", "hostile.ipynb", "hostile.html"]);
        Assert.Contains("Sanitized: ", said);
        return Path.Combine(folder.FullName, "hostile.html");
    }

    /// <summary>A machine that counts who asks it for something.</summary>
    private sealed class Machine : IDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private int asked;

        public Machine()
        {
            listener.Start();
            _ = Count();
        }

        public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";

        public int Asked => Volatile.Read(ref asked);

        public void Dispose() => listener.Dispose();

        private async Task Count()
        {
            try
            {
                while (true)
                {
                    using var client = await listener.AcceptTcpClientAsync();
                    Interlocked.Increment(ref asked);
                }
            }
            catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException) { }
        }
    }
}
