using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

/// <summary>
/// A notebook that somebody else has run, wherever people open it: Jupyter Notebook 6, JupyterLab's outputs, a site that shows notebooks by nbconvert,
/// and the page of <c>tresnet run</c>.
/// </summary>
public sealed class ResultsSession : IAsyncLifetime
{
    private const string Name = "results";

    private static readonly string[] Cells =
    [
        "#!tresnet-models",
        "#!tresnet-train --data clothes --epochs 2 --batch-size 32 --seed 1",
        "#!tresnet-validate",
        "#!tresnet-profile --model resnet18 tresnet_nano --input-size 32 --batch-size 2 --rounds 6 --round-time 0.02 --optimize",
        "#!tresnet-throughput --models tresnet_nano --input-size 32 --batch-sizes 1,2 --rounds 6 --round-time 0.02",
        "#!tresnet-lr-find --data clothes --batch-size 32",
        "#!tresnet-compare --models tresnet*,resnet50",
        "#!tresnet-build --model tresnet_nano --num-classes 10",
        "Plots.Loss(run)",
    ];

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("results-");
    private NotebookServer? server;
    private IPlaywright? playwright;
    private IBrowser? browser;
    private string notebook = "";

    public async Task InitializeAsync()
    {
        if (new FactIfBrowserAttribute { NeedsLab = true }.Skip is not null)
        {
            return;
        }

        server = await NotebookServer.StartAsync();
        BrowserTests.WriteImages(server.FolderOf("clothes"));
        notebook = await server.WriteRun(Name, Cells);
        await WriteLab();
        (playwright, browser) = await BrowserSession.StartChromium();
    }

    public async Task DisposeAsync()
    {
        await BrowserSession.CloseAsync(playwright, browser, server);

        folder.Delete(recursive: true);
    }

    /// <summary>What was shown: the pictures that the outputs hold, and their tables.</summary>
    internal async Task<(int Pictures, int Tables)> Held()
    {
        var html = (await Bundles()).Select(data => data["text/html"]).OfType<JsonNode>().Select(Text).ToArray();
        return (html.Sum(each => each.Split("<img").Length - 1), html.Sum(each => each.Split("<thead").Length - 1));
    }

    /// <summary>The outputs by their media types.</summary>
    internal async Task<JsonObject[]> Bundles() =>
        [
            .. JsonNode.Parse(await File.ReadAllTextAsync(server!.PathOf($"{Name}.ipynb")))!["cells"]!
                .AsArray()
                .Select(cell => cell!["outputs"])
                .OfType<JsonArray>()
                .SelectMany(outputs => outputs)
                .Select(output => output!["data"])
                .OfType<JsonObject>(),
        ];

    /// <summary>Opens it.</summary>
    /// <param name="place">Where, by name.</param>
    /// <param name="width">Of the window, in pixels.</param>
    /// <param name="scheme">Light or dark.</param>
    internal async Task<IPage> Open(string place, int width, ColorScheme scheme)
    {
        var page = await BrowserSession.NewPage(
            browser!,
            new BrowserNewPageOptions
            {
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                ColorScheme = scheme,
            }
        );
        await page.GotoAsync(
            place switch
            {
                Places.Notebook => notebook,
                Places.Lab => $"file://{PathOf($"lab-{(scheme == ColorScheme.Dark ? "dark" : "light")}.html")}",
                Places.Hosted => $"file://{await WriteHosted()}",
                _ => throw new ArgumentOutOfRangeException(nameof(place), place, "No such place."),
            }
        );
        await page.WaitForFunctionAsync($"document.querySelectorAll('{Places.Outputs(place)} table').length > 5");
        return page;
    }

    /// <summary>Keeps a picture of all outputs in artifacts/, for people to look at.</summary>
    internal static async Task Keep(IPage page, string name)
    {
        var path = Path.Combine(BrowserSession.Built("Artifacts"), $"results-{name}.png");
        // Jupyter Notebook scrolls a part of its page, which a picture of the page would cut.
        var scrolled = page.Locator("#notebook-container");
        await (
            await scrolled.CountAsync() > 0
                ? scrolled.ScreenshotAsync(new LocatorScreenshotOptions { Path = path })
                : page.ScreenshotAsync(new PageScreenshotOptions { FullPage = true, Path = path })
        );
    }

    /// <summary>A text that a notebook may hold line by line.</summary>
    internal static string Text(JsonNode lines) =>
        lines is JsonArray all ? string.Concat(all.Select(line => (string?)line)) : (string)lines!;

    // JupyterLab's packages are bundled as its own build does it; its server is not among Debian's packages.
    private async Task WriteLab()
    {
        var modules = BrowserSession.Built("Modules");
        await RunTool(
            Path.Combine(modules, "esbuild", "bin", "esbuild"),
            Path.Combine(AppContext.BaseDirectory, "lab.js"),
            "--bundle",
            $"--outfile={PathOf("lab.bundle.js")}",
            "--loader:.svg=dataurl",
            "--log-level=error"
        );
        var run = await File.ReadAllTextAsync(server!.PathOf($"{Name}.ipynb"));
        await File.WriteAllTextAsync(PathOf("run.js"), $"show({run});");
        foreach (var theme in new[] { "light", "dark" })
        {
            File.Copy(
                Path.Combine(modules, "@jupyterlab", $"theme-{theme}-extension", "style", "variables.css"),
                PathOf($"{theme}.css")
            );
            await File.WriteAllTextAsync(
                PathOf($"lab-{theme}.html"),
                $"""
                <!DOCTYPE html><meta charset="utf-8"><link rel="stylesheet" href="{theme}.css"><link rel="stylesheet" href="lab.bundle.css">
                <body style="overflow: auto; margin: 16px; background: var(--jp-layout-color0); color: var(--jp-content-font-color1)">
                <script src="lab.bundle.js"></script><script src="run.js"></script>
                """
            );
        }
    }

    private async Task<string> WriteHosted()
    {
        var path = PathOf("hosted.html");
        if (!File.Exists(path))
        {
            await RunTool(
                "/usr/bin/python3",
                "-m",
                "nbconvert",
                "--to",
                "html",
                "--log-level=ERROR",
                $"--output={path}",
                server!.PathOf($"{Name}.ipynb")
            );
        }

        return path;
    }

    private static async Task RunTool(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_PATH"] = BrowserSession.Built("Modules");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output + errors);
    }

    private string PathOf(string name) => Path.Combine(folder.FullName, name);
}

/// <summary>Where a notebook of somebody else is opened.</summary>
internal static class Places
{
    public const string Notebook = "notebook";
    public const string Lab = "lab";
    public const string Hosted = "hosted";

    /// <summary>What holds the outputs there.</summary>
    public static string Outputs(string place) =>
        place switch
        {
            Lab => ".jp-OutputArea-output",
            Hosted => ".jp-OutputArea-output, .output_subarea",
            _ => ".output_subarea",
        };
}
