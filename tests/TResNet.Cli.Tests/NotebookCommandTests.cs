using System.Text.Json.Nodes;
using System.Xml.Linq;
using Notebook.Outputs;
using Tests;
using TResNet.Interactive.Tests.Commands;

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
    public async Task Run_prints_what_cells_print()
    {
        var notebook = Write(
            "prints.dib",
            """
            #!csharp
            Console.WriteLine("rows 9"); Console.Write("\x1b[31mred\x1b[0m, no end");
            #!csharp
            for (var i = 0; i < 30; i++) Console.WriteLine(i);
            """
        );

        var run = await ShellRun.Of(["run", notebook]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        var lines = run.Output.Split('\n');
        Assert.Equal(["    rows 9", "    red, no end"], lines[1..3]);
        Assert.Equal(["    19", "    ... and 10 more lines", ""], lines[23..26]);
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
    public async Task Run_goes_by_the_tags_of_cells_and_loads_from_beside_the_notebook()
    {
        Write("lib.csx", "int Lib() => 77;");
        var notebook = Write(
            "tags.ipynb",
            """
            {"cells": [
            {"cell_type": "code", "metadata": {"tags": ["raises-exception"]}, "outputs": [], "source": "throw new Exception();"},
            {"cell_type": "code", "metadata": {"tags": ["skip-execution"]}, "outputs": [], "source": "nonsense"},
            {"cell_type": "code", "metadata": {}, "outputs": [], "source": "#load \"lib.csx\"\nLib()"},
            {"attachments": {"a.png": {"image/png": "iVBORw0="}}, "cell_type": "markdown", "metadata": {}, "source": "![a](attachment:a.png)"}],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
            """
        );

        var run = await ShellRun.Of(["run", notebook, "--ipynb", In("out.ipynb")]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Matches(@"\[1/3\] throw new Exception\(\); .* s  raised an error, as its tag says\n", run.Output);
        Assert.Matches(@"\[2/3\] nonsense +skipped\n", run.Output);
        var written = File.ReadAllText(In("out.ipynb"));
        Assert.Contains("\"77\"", written);
        Assert.Contains("\"ename\": \"Exception\"", written);
        Assert.Contains("\"attachments\"", written);
    }

    [Fact]
    public async Task Convert_says_what_a_dib_has_no_place_for_and_what_others_read_otherwise()
    {
        var notebook = Write(
            "a.ipynb",
            """
            {"cells": [{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [{"name": "stdout", "output_type": "stream", "text": "x"}], "source": "var s = @\"\n#!html\n\";"}],
            "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
            """
        );

        var run = await ShellRun.Of(["convert", notebook, In("a.dib")]);
        await ShellRun.Of(["convert", In("a.dib"), In("b.ipynb")]);

        Assert.Equal(
            $"Written: {In("a.dib")} (1 cells; the outputs of 1 have no place in a .dib; 1 has a line such as #!csharp in the text, at which other programs split a .dib)\n",
            run.Output
        );
        Assert.Single(JsonNode.Parse(File.ReadAllText(In("b.ipynb")))!["cells"]!.AsArray());
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

    [Fact]
    public async Task What_is_registered_is_listed_and_a_dry_run_changes_nothing()
    {
        var none = await ShellRun.Of(["jupyter", "list", "--prefix", folder]);
        var dry = await ShellRun.Of(["jupyter", "install", "--prefix", folder, "--dry-run"]);

        Assert.Equal("Jupyter has no kernels here; 'tresnet jupyter install' adds TResNet (C#).\n", none.Output);
        Assert.StartsWith(
            $"Would write {folder}/share/jupyter/kernels/tresnet:\n  kernel.json\n  logo-32x32.png\n",
            dry.Output
        );
        Assert.Empty(Directory.GetFileSystemEntries(folder));

        await ShellRun.Of(["jupyter", "install", "--prefix", folder]);
        var listed = await ShellRun.Of(["jupyter", "list", "--prefix", folder]);
        dry = await ShellRun.Of(["jupyter", "uninstall", "--prefix", folder, "--dry-run"]);

        Assert.Contains("tresnet  TResNet (C#)  yes        ", listed.Output);
        Assert.StartsWith($"Would remove {folder}/share/jupyter/kernels/tresnet:\n  kernel.json\n", dry.Output);
        Assert.Single(Directory.GetFiles(folder, "kernel.json", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Parameters_take_the_place_of_defaults_and_a_word_names_the_file()
    {
        var notebook = Write(
            "sum.dib",
            "#!csharp\n// parameters\nint count = 1; double parts = 2;\n#!csharp\ncount / parts\n"
        );

        var run = await ShellRun.Of([
            "run",
            notebook,
            "--param",
            "count=3",
            "--param",
            "unheard=1",
            "--out",
            "ipynb",
            "--out",
            "html",
        ]);

        Assert.Equal(
            (0, "tresnet: The notebook declares no parameter 'unheard': it has 'count' and 'parts'.\n"),
            (run.Code, run.Errors)
        );
        var cells = JsonNode.Parse(File.ReadAllText(In("sum.out.ipynb")))!["cells"]!;
        Assert.Equal("1.5", cells[2]!["outputs"]![0]!["data"]!["text/plain"]![0]!.ToString());
        Assert.True(File.Exists(In("sum.html")));
    }

    [Fact]
    public async Task A_cell_that_takes_too_long_ends_the_run_with_the_exit_code_of_timeout()
    {
        var notebook = Write("slow.dib", "#!csharp\n1\n#!csharp\nThread.Sleep(60_000);\n");

        var run = await ShellRun.Of(["run", notebook, "--timeout", "1", "--out", In("slow.ipynb")]);

        Assert.Equal(124, run.Code);
        Assert.EndsWith("The cell took longer than 1 s and was interrupted.\n", run.Errors);
        Assert.Contains("\"Timeout\"", File.ReadAllText(In("slow.ipynb")));
    }

    [Fact]
    public async Task Convert_and_new_replace_no_file_unasked()
    {
        var notebook = Write("a.dib", "#!csharp\n1\n");
        Write("b.ipynb", "mine");

        var (convert, start) = (
            await ShellRun.Of(["convert", notebook, In("b.ipynb")]),
            await ShellRun.Of(["new", In("b")])
        );

        Assert.Equal((1, 1), (convert.Code, start.Code));
        Assert.EndsWith(
            "b.ipynb' is there already; choose another name, or replace it with --force.\n",
            convert.Errors
        );
        Assert.EndsWith("b.ipynb' is there already; choose another name.\n", start.Errors);
        Assert.Equal("mine", File.ReadAllText(In("b.ipynb")));
        Assert.Equal(0, (await ShellRun.Of(["convert", notebook, In("b.ipynb"), "--force"])).Code);
    }

    [Theory]
    [InlineData("first", "first.ipynb")]
    [InlineData("Tür mit Öl", "\"Tür mit Öl.ipynb\"")]
    [InlineData("bilder(neu)", "\"bilder(neu).ipynb\"")]
    [InlineData("it's 5$", @"'it'\''s 5$.ipynb'")]
    public async Task New_says_how_to_run_the_notebook_in_words_that_a_shell_reads_back(string name, string word)
    {
        var start = await ShellRun.Of(["new", In(name)]);

        Assert.Equal(0, start.Code);
        var line = start.Output.Split('\n').Single(each => each.StartsWith("tresnet run ", StringComparison.Ordinal));
        Assert.Equal($"tresnet run {word} --out html", line.Replace($"{In("")}/", "", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_new_notebook_trains_measures_and_draws()
    {
        await ShellRun.Of(["new", In("first"), "--data", FewImages()]);

        var run = await ShellRun.Of(["run", In("first.ipynb"), "--param", "epochs=1", "--out", In("out.ipynb")]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains("Trained: tresnet_nano, top-1 ", run.Output);
        Assert.Contains("Measured: ", run.Output);
        var cells = JsonNode.Parse(File.ReadAllText(In("out.ipynb")))!["cells"]!.AsArray();
        Assert.Equal("# first", cells[0]!["source"]![0]!.ToString().TrimEnd());
        var figures = cells
            .SelectMany(cell => cell!["outputs"]?.AsArray() ?? [])
            .Select(output => output!["data"]?.AsObject())
            .Where(data => data?["application/vnd.plotly.v1+json"] is not null)
            .ToList();
        Assert.Equal(3, figures.Count);
        Assert.All(figures, AssertShowsWithoutScripts);
    }

    [Theory]
    [InlineData("profile", "--param", "batch=2", "--param", "rounds=1", "--param", "second=tresnet_nano")]
    [InlineData("blank")]
    public async Task Every_template_runs(string template, params string[] more)
    {
        var start = await ShellRun.Of(["new", In("start.dib"), "--template", template]);
        var run = await ShellRun.Of(["run", In("start.dib"), .. more]);

        Assert.Equal((0, 0, ""), (start.Code, run.Code, run.Errors));
        Assert.EndsWith(" s.\n", run.Output);
    }

    /// <summary>nbconvert, and with it nbviewer and GitHub, prefers HTML to SVG; GitHub and Jupyter take scripts, styles and <c>svg</c> out of it.</summary>
    private static void AssertShowsWithoutScripts(JsonObject? data)
    {
        Assert.NotNull(data);
        var html = string.Concat(data["text/html"]!.AsArray().Select(line => (string?)line));
        Assert.Contains("<img class=\"tresnet-picture\" alt=\"", html);
        Assert.DoesNotContain("<svg", html);
        var svg = XDocument.Parse(string.Concat(data["image/svg+xml"]!.AsArray().Select(line => (string?)line)));
        Assert.DoesNotContain(
            svg.Descendants(),
            element => element.Name.LocalName is "script" or "foreignObject" or "image"
        );
        Assert.DoesNotContain(
            svg.Descendants().Attributes(),
            attribute =>
                attribute.Name.LocalName is "href" or "src"
                || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("url(", svg.ToString());
        Assert.DoesNotContain("@import", svg.ToString());
    }

    private string FewImages()
    {
        TinyData.Write(Directory.CreateDirectory(In("images")).FullName, images: 200);
        return In("images");
    }

    private string In(string file) => Path.Combine(folder, file);

    private string Write(string file, string text)
    {
        File.WriteAllText(In(file), text);
        return In(file);
    }
}
