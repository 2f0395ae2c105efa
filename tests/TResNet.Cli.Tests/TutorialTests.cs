using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tests;

namespace TResNet.Cli.Tests;

/// <summary>The tutorials run, what they say of numbers holds, and what is committed is what they showed.</summary>
public sealed partial class TutorialTests : IDisposable
{
    private const long LargestFile = 1_500_000;
    private const int MostLines = 20;
    private const string Many = "13-many-processes.ipynb";

    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string> Files() => [.. Names()];

    private string[] Words(string name, string output)
    {
        var copy = Path.Combine(folder, name);
        File.WriteAllText(copy, ShortTutorial.Of(File.ReadAllText(Path.Combine(Folder(), name))));
        return ["run", copy, "--param", "quick=true", "--ipynb", output];
    }

    private static IEnumerable<string> Names() =>
        Directory.EnumerateFiles(Folder(), "*.ipynb").Select(file => Path.GetFileName(file)).Order();

    public static TheoryData<string> InOneProcess() => [.. Names().Where(name => name != Many)];

    [Theory]
    [MemberData(nameof(InOneProcess))]
    public async Task It_runs_to_its_end_and_its_checks_hold(string name)
    {
        var output = Path.Combine(folder, "run.ipynb");

        var run = await ShellRun.Of(Words(name, output));

        Assert.True(run.Code == 0, $"{run.Output}\n{run.Errors}");
        Assert.Contains("Each value is within its range.", TextOf(Checks(output)));
    }

    /// <summary>It starts the program that runs it, which the one of the tests is not.</summary>
    [FactIfMpi]
    public async Task The_one_on_many_processes_runs_in_the_program()
    {
        var output = Path.Combine(folder, "run.ipynb");
        using var run = Process.Start(
            new ProcessStartInfo("dotnet", [BuiltProgram.Location, .. Words(Many, output)])
            {
                RedirectStandardOutput = true,
            }
        )!;

        var said = await run.StandardOutput.ReadToEndAsync();
        await run.WaitForExitAsync();

        Assert.True(run.ExitCode == 0, said);
        Assert.Contains("Each value is within its range.", TextOf(Checks(output)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void It_is_committed_as_it_ran_and_small(string name)
    {
        var path = Path.Combine(Folder(), name);
        var root = Read(path);
        var code = Cells(root).Where(cell => cell["cell_type"]!.GetValue<string>() == "code").ToArray();

        Assert.InRange(new FileInfo(path).Length, 1, LargestFile);
        Assert.Equal((4, 5), (root["nbformat"]!.GetValue<int>(), root["nbformat_minor"]!.GetValue<int>()));
        Assert.Equal("tresnet", root["metadata"]!["kernelspec"]!["name"]!.GetValue<string>());
        Assert.Equal(Enumerable.Range(1, code.Length), code.Select(cell => cell["execution_count"]!.GetValue<int>()));
        Assert.DoesNotContain(code.SelectMany(Outputs), output => output["output_type"]!.GetValue<string>() == "error");
        Assert.Contains("Each value is within its range.", TextOf(Checks(path)));
        // A site that runs no scripts shows the charts too.
        Assert.Contains(code.SelectMany(Outputs), output => output["data"]?["image/svg+xml"] is not null);
        Assert.All(code, cell => Assert.InRange(Source(cell).Split('\n').Length, 1, MostLines));
        // Microsoft's tool, where they run too, knows no using declaration at the top of a cell.
        Assert.All(code, cell => Assert.DoesNotMatch(UsingDeclaration(), Source(cell)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void It_has_the_parts_of_a_tutorial_and_links_that_lead_somewhere(string name)
    {
        var cells = Cells(Read(Path.Combine(Folder(), name))).ToArray();
        var prose = string.Join(
            '\n',
            cells.Where(cell => cell["cell_type"]!.GetValue<string>() == "markdown").Select(Source)
        );

        Assert.StartsWith("# ", prose);
        Assert.Contains("\n## Checked", prose);
        Assert.Contains("\n## Go further", prose);
        Assert.Contains("On a GPU", prose);
        Assert.Contains(
            cells,
            cell => cell["metadata"]!["tags"] is JsonArray tags && tags.Any(tag => $"{tag}" == "parameters")
        );
        var dead = Links()
            .Matches(prose)
            .Select(match => match.Groups[1].Value)
            .Where(link => !link.StartsWith("http", StringComparison.Ordinal))
            .Where(link => !File.Exists(Path.Combine(Folder(), link)));
        Assert.Empty(dead);
    }

    [Fact]
    public void The_readme_lists_every_tutorial()
    {
        var readme = File.ReadAllText(Path.Combine(Folder(), "..", "README.md"));

        Assert.NotEmpty(Names());
        Assert.All(Names(), name => Assert.Contains($"(notebooks/{name})", readme));
    }

    private static JsonNode Checks(string path) =>
        Cells(Read(path)).Single(cell => Source(cell).StartsWith("// checks\n", StringComparison.Ordinal));

    private static string TextOf(JsonNode cell) =>
        string.Concat(Outputs(cell).Select(output => Text(output["data"]?["text/plain"])));

    private static JsonNode Read(string path) => JsonNode.Parse(File.ReadAllText(path))!;

    private static IEnumerable<JsonNode> Cells(JsonNode root) => root["cells"]!.AsArray().Select(cell => cell!);

    private static IEnumerable<JsonNode> Outputs(JsonNode cell) =>
        cell["outputs"]?.AsArray().Select(output => output!) ?? [];

    private static string Source(JsonNode cell) => Text(cell["source"]);

    private static string Text(JsonNode? lines) =>
        lines is JsonArray array ? string.Concat(array.Select(line => $"{line}")) : $"{lines}";

    private static string Folder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "notebooks"));

    [GeneratedRegex(@"^using \w[\w<>]* \w+ =", RegexOptions.Multiline)]
    private static partial Regex UsingDeclaration();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Links();
}
