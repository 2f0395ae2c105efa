using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Notebook.Outputs;
using Tests;

namespace EndToEnd.Tests;

/// <summary>The tour as users meet it: through the command line, and in Jupyter's client with the registered kernel.</summary>
public sealed partial class TourTests : IDisposable
{
    private static readonly JsonSerializerOptions Unescaped = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tour-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task The_headless_run_leaves_a_page_that_holds_everything()
    {
        var page = PathOf("tresnet.html");
        var (code, output, errors) = await Tresnet(
            "run",
            await WriteShortTour(),
            "--html",
            page,
            "--ipynb",
            PathOf("out.ipynb")
        );

        Assert.True(code == 0, errors);
        Assert.Contains("Trained: tresnet_nano, top-1 ", output, StringComparison.Ordinal);
        Assert.Contains("Measured: resnet18, inference, ", output, StringComparison.Ordinal);
        var html = await File.ReadAllTextAsync(page);
        Assert.Single(PlotlyBundle().Matches(html));
        Assert.DoesNotContain("src=\"http", html, StringComparison.Ordinal);
        Assert.Contains("top-1 on validation images", html, StringComparison.OrdinalIgnoreCase);
        AssertOutputs(JsonNode.Parse(await File.ReadAllTextAsync(PathOf("out.ipynb")))!);
    }

    [Fact]
    public async Task Its_title_counts_its_cells_and_its_first_cell_shows_a_card()
    {
        string[] words = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "tresnet.dib"));
        var cells = text.Split("#!csharp\n").Skip(1).ToArray();

        Assert.Contains($"# TResNet in {words[cells.Length]} cells\n", text, StringComparison.Ordinal);
        Assert.StartsWith("#!tresnet-train ", cells[0].TrimStart());
        // Fewer turns prove nothing, and the text beside them says what they prove.
        Assert.All(Rounds().Matches(text), rounds => Assert.True(int.Parse(rounds.Groups[1].Value) >= 6, rounds.Value));
    }

    [FactIfNbclient]
    public async Task The_notebook_runs_in_Jupyter_with_the_registered_kernel()
    {
        var notebook = PathOf("tresnet.ipynb");
        var converted = await Tresnet("convert", await WriteShortTour(), notebook);
        Assert.True(converted.Code == 0, converted.Errors);
        var installed = await Tresnet("jupyter", "install", "--prefix", folder.FullName, "--name", "tour");
        Assert.True(installed.Code == 0, installed.Errors);

        var start = new ProcessStartInfo(
            FactIfNbclientAttribute.Python,
            [Path.Combine(AppContext.BaseDirectory, "nbclient_run.py"), "tour", notebook]
        );
        start.Environment["JUPYTER_PATH"] = Path.Combine(folder.FullName, "share", "jupyter");
        start.Environment["JUPYTER_RUNTIME_DIR"] = Path.Combine(folder.FullName, "runtime");
        start.Environment["XDG_STATE_HOME"] = Path.Combine(folder.FullName, "state");
        var (code, output, errors) = await Run(start);

        Assert.True(code == 0, errors);
        AssertOutputs(JsonNode.Parse(output)!);
    }

    /// <summary>Every code cell ran, none failed, and the training cell ends with its chart and its table.</summary>
    private static void AssertOutputs(JsonNode notebook)
    {
        var cells = notebook["cells"]!.AsArray().Where(c => (string?)c!["cell_type"] == "code").ToArray();
        Assert.True(cells.Length >= 6, $"Only {cells.Length} code cells.");
        foreach (var cell in cells)
        {
            var outputs = cell!["outputs"]!.AsArray();
            Assert.DoesNotContain(outputs, o => (string?)o!["output_type"] == "error");
            Assert.NotEmpty(outputs);
        }

        JsonNode Cell(string start) => cells.Single(c => Source(c!).StartsWith(start, StringComparison.Ordinal))!;
        var training = Cell("#!tresnet-train");
        var data = training["outputs"]!.AsArray().Select(o => o!["data"]).OfType<JsonObject>().ToArray();
        var card = Assert.Single(data);
        Assert.Contains("validation loss", card["text/plain"]!.ToJsonString(), StringComparison.Ordinal);
        var html = string.Concat(
            card["text/html"] is JsonArray lines ? lines.Select(l => (string?)l) : [(string?)card["text/html"]]
        );
        Assert.Contains(
            "<details class=\\\"tresnet-rest\\\"><summary>Show ",
            Cell("#!tresnet-models").ToJsonString(Unescaped),
            StringComparison.Ordinal
        );
        // A machine too busy for the turns says that instead.
        Assert.Matches(
            @"resnet18 multiplies [\d.]+ × as much for an image as tresnet_nano: as it is, it multiplies |fewer than 6 turns prove nothing",
            Cell("#!tresnet-profile").ToJsonString(Unescaped)
        );
        Assert.Contains("<img class=\"tresnet-picture\"", html, StringComparison.Ordinal);
        Assert.Contains("application/vnd.plotly.v1+json", html, StringComparison.Ordinal);
    }

    private static string Source(JsonNode cell) =>
        cell["source"] is JsonArray lines ? string.Concat(lines.Select(l => (string?)l)) : (string)cell["source"]!;

    private async Task<string> WriteShortTour()
    {
        var tour = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "tresnet.dib"));
        var path = PathOf("tresnet.dib");
        await File.WriteAllTextAsync(path, ShortTour.Of(tour));
        return path;
    }

    private static Task<(int Code, string Output, string Errors)> Tresnet(params string[] arguments) =>
        Run(new ProcessStartInfo("dotnet", [BuiltProgram.Location, .. arguments]));

    private static async Task<(int Code, string Output, string Errors)> Run(ProcessStartInfo start)
    {
        (start.RedirectStandardOutput, start.RedirectStandardError) = (true, true);
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }

    private string PathOf(string name) => Path.Combine(folder.FullName, name);

    [GeneratedRegex(@"--rounds (\d+)")]
    private static partial Regex Rounds();

    [GeneratedRegex(@"plotly\.js \(cartesian - minified\) v\d")]
    private static partial Regex PlotlyBundle();
}
