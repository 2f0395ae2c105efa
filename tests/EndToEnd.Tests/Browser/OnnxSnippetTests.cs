using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;

namespace EndToEnd.Tests.Browser;

/// <summary>The lines that <c>tresnet export</c> prints run as they are printed, in C# and in a browser, and give the same.</summary>
public sealed class OnnxSnippetTests : IDisposable
{
    private const string Site = "http://localhost/";
    private const string Network = "nano.onnx";

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("snippets-");

    public void Dispose() => folder.Delete(recursive: true);

    [FactIfBrowser(NeedsOnnxRuntime = true)]
    public async Task An_exported_network_runs_in_CSharp_and_in_a_browser_by_the_printed_lines()
    {
        var printed = await Product.Run(
            folder.FullName,
            [],
            ["export", Network, "--model", "tresnet_nano", "--num-classes", "5", "--input-size", "64", "--softmax"]
        );

        var inCSharp = await RunCSharp(Lines(printed, "C#, "));
        var inBrowser = await RunInBrowser(Lines(printed, "A browser, "));

        Assert.Equal(5, inBrowser.Length);
        Assert.Equal(1, inBrowser.Sum(), 1e-4);
        Assert.All(inCSharp.Zip(inBrowser), pair => Assert.Equal(pair.First, pair.Second, 1e-4));
    }

    // Below the line that begins so, indented by two.
    private static string Lines(string printed, string title) =>
        string.Join(
            '\n',
            printed
                .Split('\n')
                .SkipWhile(line => !line.StartsWith(title, StringComparison.Ordinal))
                .Skip(1)
                .TakeWhile(line => line.StartsWith("  ", StringComparison.Ordinal))
                .Select(line => line[2..])
        );

    private async Task<double[]> RunCSharp(string code)
    {
        var file = Path.Combine(folder.FullName, "snippet.cs");
        await File.WriteAllTextAsync(file, $"#:package Microsoft.ML.OnnxRuntime@1.31.1\n{code}\n");
        var start = new ProcessStartInfo("dotnet", ["run", file])
        {
            WorkingDirectory = folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output + await errors);
        return
        [
            .. output
                .Trim()
                .Split('\n')[^1]
                .Split(", ")
                .Select(word => double.Parse(word, CultureInfo.InvariantCulture)),
        ];
    }

    private async Task<double[]> RunInBrowser(string code)
    {
        var (playwright, browser) = await BrowserSession.StartChromium();
        using var _ = playwright;
        var page = await BrowserSession.NewPage(browser);
        var logged = new TaskCompletionSource<double[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        page.PageError += (_, error) => logged.TrySetException(new InvalidOperationException(error));
        page.Console += async (_, message) =>
        {
            if (message.Type == "log")
            {
                var values = await message.Args[0].EvaluateAsync<JsonElement>("values => Array.from(values)");
                logged.TrySetResult([.. values.EnumerateArray().Select(value => value.GetDouble())]);
            }
        };
        await page.RouteAsync(Site + "**", route => Serve(route, code));
        await page.GotoAsync(Site);
        var values = await logged.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await browser.CloseAsync();
        return values;
    }

    private Task Serve(IRoute route, string code)
    {
        var name = new Uri(route.Request.Url).AbsolutePath[1..];
        if (name.Length == 0)
        {
            const string imports = """{ "imports": { "onnxruntime-web": "/ort.wasm.min.mjs" } }""";
            var body =
                $"<!doctype html><script type=\"importmap\">{imports}</script><script type=\"module\">\n{code}\n</script>";
            return route.FulfillAsync(new() { ContentType = "text/html", Body = body });
        }

        var file =
            name == Network
                ? Path.Combine(folder.FullName, name)
                : Path.Combine(BrowserSession.Built("Modules"), "onnxruntime-web", "dist", name);
        return File.Exists(file)
            ? route.FulfillAsync(new() { ContentType = TypeOf(file), BodyBytes = File.ReadAllBytes(file) })
            : route.FulfillAsync(new() { Status = 404 });
    }

    private static string TypeOf(string file) =>
        Path.GetExtension(file) switch
        {
            ".mjs" => "text/javascript",
            ".wasm" => "application/wasm",
            _ => "application/octet-stream",
        };
}
