using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TResNet.Interactive.Tables;
using static Microsoft.Playwright.Assertions;

namespace EndToEnd.Tests.Browser;

/// <summary>The kernel as people meet it: Debian's Jupyter Notebook in Debian's Chromium. Pictures are kept in artifacts/.</summary>
public sealed partial class BrowserTests(BrowserSession session) : IClassFixture<BrowserSession>
{
    private const int TrainingImages = 320;
    private const int ValidationImages = 80;

    [FactIfBrowser]
    public async Task A_training_moves_stops_at_the_button_and_leaves_what_it_has()
    {
        WriteImages(session.Server.FolderOf("clothes"));
        await using var page = await session.Open(
            "jupyter",
            "#!tresnet-train --data clothes --epochs 40 --batch-size 32 --lr 0.05",
            "run.Interrupted && run.Steps.Count > 0",
            "run.Plot()"
        );
        // What the images are stands before the card.
        var output = page.Cell(0).Locator(".output_area:has(.tresnet-state)");

        await page.Start(0);
        var steps = await StepsOf(output, count: 5);
        await Expect(output.Locator("tbody tr").Nth(2)).ToBeVisibleAsync(); // three epochs are done
        await page.Keep();
        await page.Stop();
        await Expect(output.Locator(".tresnet-state")).ToHaveTextAsync("interrupted");

        Assert.Equal(steps.Order(), steps);
        await page.UntilDone(0);
        await page.Run(1);
        await Expect(page.ResultOf(1)).ToHaveTextAsync("True");
        await page.Run(2);
        // Jupyter serves plotly.js with the kernel.
        await Expect(page.ResultOf(2).Locator(".js-plotly-plot")).ToBeVisibleAsync();
        await Expect(page.ResultOf(2).Locator("svg[role=img]")).ToHaveCountAsync(0);
        Assert.Equal(1, await output.CountAsync());
        Assert.Equal(1, await page.Cell(2).Locator(".output_area").CountAsync());
        Assert.Empty(await page.ScrollBars());

        // What was shown is what is saved.
        await page.SaveAndReload();
        await Expect(output.Locator(".tresnet-state")).ToHaveTextAsync("interrupted");
        await Expect(output.Locator(".js-plotly-plot")).ToBeVisibleAsync();
        Assert.Equal(1, await output.CountAsync());
        await page.Keep("-saved");
        Assert.Empty(page.Errors);
    }

    [FactIfBrowser]
    public async Task A_notebook_that_is_not_trusted_keeps_its_pictures_and_its_rows()
    {
        WriteImages(session.Server.FolderOf("shoes"));
        await using var page = await session.OpenUntrusted(
            "jupyter-untrusted",
            "#!tresnet-build --model tresnet_nano --num-classes 10",
            "#!tresnet-train --data shoes --epochs 2 --batch-size 32",
            "Plots.Loss(run)",
            "Show.Diagram(Models.TResNetM())"
        );

        Assert.False(await page.IsTrusted());
        var (drawn, images) = await page.Images();
        Assert.Equal(16, images); // three of a network's diagram and of another's, eight of the images, a card's and a chart
        Assert.Equal(images, drawn);
        await Expect(page.ResultOf(2)).ToHaveTextAsync(""); // a chart leaves no words behind
        await Expect(page.Cell(1).Locator("td[align=right]").First).ToBeVisibleAsync();
        await Expect(page.Cell(1).Locator("thead button")).ToHaveCountAsync(0);
        await page.Cell(1).Locator(".output").ScrollIntoViewIfNeededAsync();
        await page.Keep();
        await page.Prefer(ColorScheme.Dark);
        await page.Keep("-dark");
        Assert.Empty(page.Errors);
    }

    [FactIfBrowser]
    public async Task Tab_completes_and_Shift_Tab_explains()
    {
        await using var page = await session.Open("jupyter-completion", "var options = new TrainingOptions();", "");
        await page.Run(0);

        await page.Write(1, "#!tresnet-train --mo");
        await page.Press("Tab");
        await Expect(page.Completions)
            .ToHaveTextAsync([
                "--model",
                "--model-name",
                "--momentum",
                "--model-ema",
                "--model-ema-decay",
                "--model-ema-warmup",
            ]);
        await page.Keep();
        await page.Press("ArrowDown");
        await page.Press("ArrowDown");
        await page.Press("Enter");
        await Expect(page.Completions).ToHaveCountAsync(0);
        Assert.Equal("#!tresnet-train --momentum", await page.SourceOf(1));

        await page.Write(1, "options.Epo");
        await page.Press("Tab");
        await Expect(page.Cell(1).Locator(".CodeMirror-code")).ToHaveTextAsync("options.Epochs");
        await page.Press("Shift+Tab");
        await Expect(page.Tooltip).ToContainTextAsync("int TrainingOptions.Epochs");
        await Expect(page.Tooltip).ToContainTextAsync("Passes over the training images");
        Assert.Empty(page.Errors);
    }

    [FactIfBrowser]
    public async Task A_cell_asks_in_the_notebook_and_goes_on_with_the_answer()
    {
        await using var page = await session.Open(
            "jupyter-question",
            """
            var name = Console.ReadLine();
            $"Hello, {name}"
            """
        );

        await page.Start(0);
        await page.Cell(0).Locator(".raw_input").FocusAsync();
        await page.Type("Ada");
        await page.Press("Enter");

        await Expect(page.ResultOf(0)).ToHaveTextAsync("Hello, Ada");
        Assert.Empty(page.Errors);
    }

    /// <summary>The steps that a running card has named, each once, while its picture changed with them.</summary>
    private static async Task<List<int>> StepsOf(ILocator output, int count)
    {
        var (steps, pictures, clock) = (new List<int>(), new HashSet<string>(), Stopwatch.StartNew());
        while (steps.Count < count || pictures.Count < count)
        {
            Assert.True(
                clock.Elapsed < TimeSpan.FromMinutes(1),
                $"In a minute the card named the steps {string.Join(", ", steps)} with {pictures.Count} pictures."
            );
            var html = await output.First.InnerHTMLAsync();
            if (Step().Match(html) is { Success: true } match && int.Parse(match.Groups[1].Value) is var step)
            {
                if (steps.Count == 0 || steps[^1] != step)
                {
                    steps.Add(step);
                }

                pictures.Add(Picture().Match(html).Value);
            }

            await Task.Delay(50);
        }

        return steps;
    }

    /// <summary>The first of the images that come along, so that an epoch takes a second.</summary>
    internal static void WriteImages(string folder)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "datasets", "fashion-mnist");
        foreach (var (kind, header, item) in new[] { ("images-idx3", 16, 28 * 28), ("labels-idx1", 8, 1) })
        {
            using var file = File.OpenRead(Path.Combine(source, $"t10k-{kind}-ubyte.gz"));
            using var unpacked = new GZipStream(file, CompressionMode.Decompress);
            var head = new byte[header];
            unpacked.ReadExactly(head);
            foreach (var (split, count) in new[] { ("train", TrainingImages), ("t10k", ValidationImages) })
            {
                BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), count);
                var items = new byte[count * item];
                unpacked.ReadExactly(items);
                File.WriteAllBytes(Path.Combine(folder, $"{split}-{kind}-ubyte"), [.. head, .. items]);
            }
        }
    }

    [GeneratedRegex("<(svg|img).*", RegexOptions.Singleline)]
    private static partial Regex Picture();

    [GeneratedRegex(@"step (\d+) of")]
    private static partial Regex Step();
}
