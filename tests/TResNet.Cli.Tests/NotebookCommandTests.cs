using System.Text.Json.Nodes;
using Tests;

namespace TResNet.Cli.Tests;

public sealed class NotebookCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Run_writes_page_and_notebook_and_ends_with_the_result()
    {
        var notebook = Write(
            "tour.dib",
            """
            #!markdown
            # A tour
            #!csharp
            #!tresnet-build --model tresnet_nano --num-classes 10
            #!csharp
            // Measured
            #!tresnet-profile --model model --batch-size 2 --rounds 1
            #!csharp
            profile.Throughputs.Count + model.NumClasses
            """
        );

        var run = await ShellRun.Of(["run", notebook, "--html", In("tour.html"), "--ipynb", In("tour.ipynb")]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        var lines = run.WithoutTimes.Replace(folder + "/", "");
        Snapshot.Match(System.Text.RegularExpressions.Regex.Replace(lines, @"[\d.]+ images/s", "N images/s"));
        var page = File.ReadAllText(In("tour.html"));
        Assert.Contains("tresnet-tree", page);
        Assert.Contains("application/json", page);
        var outputs = JsonNode.Parse(File.ReadAllText(In("tour.ipynb")))!["cells"]![3]!["outputs"]!;
        Assert.Equal("11", outputs[0]!["data"]!["text/plain"]![0]!.ToString());
    }

    [Fact]
    public async Task A_failing_cell_stops_the_run_and_what_came_before_is_kept()
    {
        var notebook = Write("broken.dib", "#!csharp\n1 + 1\n#!csharp\n#!tresnet-build --model tresnet_q\n#!csharp\n3");

        var run = await ShellRun.Of(["run", notebook, "--ipynb", In("broken.ipynb")]);

        Assert.Equal(1, run.Code);
        Assert.StartsWith("tresnet: cell 2 of ", run.Errors);
        Assert.Contains("There is no model 'tresnet_q'", run.Errors);
        Assert.Contains("[2/3]", run.Output);
        Assert.DoesNotContain("[3/3]", run.Output);
        Assert.Contains("failed", run.Output);
        Assert.Contains("\"2\"", File.ReadAllText(In("broken.ipynb")));
    }

    [Fact]
    public async Task Convert_goes_from_dib_to_ipynb_and_back_and_to_a_page()
    {
        var notebook = Write("a.dib", "#!markdown\n# Title\n\n#!csharp\nvar x = 1;\n");

        foreach (var (from, to) in new[] { ("a.dib", "b.ipynb"), ("b.ipynb", "c.dib"), ("c.dib", "d.html") })
        {
            var run = await ShellRun.Of(["convert", In(from), In(to)]);
            Assert.Equal((0, $"Written: {In(to)} (2 cells)\n"), (run.Code, run.Output));
        }

        Assert.Contains("var x = 1;", File.ReadAllText(In("c.dib")));
        Assert.Contains("<h1", File.ReadAllText(In("d.html")));
        Assert.Equal(
            File.ReadAllText(notebook).Count(c => c == '#'),
            File.ReadAllLines(In("c.dib")).SkipWhile(l => l != "#!markdown").Sum(l => l.Count(c => c == '#'))
        );
    }

    [Fact]
    public async Task The_kernel_is_registered_and_removed()
    {
        var (install, there) = (
            await ShellRun.Of(["jupyter", "install", "--prefix", folder]),
            Directory.GetFiles(folder, "kernel.json", SearchOption.AllDirectories)
        );
        var spec = JsonNode.Parse(File.ReadAllText(Assert.Single(there)))!;
        var remove = await ShellRun.Of(["jupyter", "uninstall", "--prefix", folder]);

        Assert.Equal((0, 0), (install.Code, remove.Code));
        Assert.Equal(
            ["jupyter", "start", "{connection_file}"],
            spec["argv"]!.AsArray().Select(word => word!.ToString()).TakeLast(3)
        );
        Assert.Empty(Directory.GetFiles(folder, "kernel.json", SearchOption.AllDirectories));
    }

    private string In(string file) => Path.Combine(folder, file);

    private string Write(string file, string text)
    {
        File.WriteAllText(In(file), text);
        return In(file);
    }
}
