using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Tests;

namespace TResNet.Cli.Tests;

/// <summary><c>tresnet run</c> with several notebooks, each in a process of its own.</summary>
public sealed class RunSuiteTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tresnet").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_folder_is_a_table_of_its_notebooks_and_one_that_crashes_costs_only_itself()
    {
        Write("a.dib", "#!csharp\nConsole.WriteLine(1);\n#!fsharp\nlet x = 1\n#!csharp\n40 + 2\n");
        Write("sub/abort.dib", $"#!csharp\n1\n#!csharp\n{Abort}\n#!csharp\n3\n");
        Write("sub/broken.ipynb", "{");
        Write("sub/fails.dib", "#!csharp\n1\n#!csharp\nthrow new Exception(\"no\\nmore\");\n#!csharp\n3\n");
        Write("sub/.ipynb_checkpoints/fails.dib", "#!csharp\n1\n");
        Write(".git/a.dib", "#!csharp\n1\n");
        Write("a.out.ipynb", "{");

        var run = await ShellRun.Of(["run", folder, "--jobs", "2", "--out", "ipynb", "--output-dir", In("out")]);

        Assert.Equal((1, ""), (run.Code, run.Errors));
        var lines = run.Output.Split('\n').SkipWhile(line => !line.StartsWith("Notebook ", StringComparison.Ordinal));
        Assert.Equal(
            [
                "Notebook Ran Failed Passed over Not run Time First error",
                "a.dib 2 0 1 0 N s",
                "sub/abort.dib 1 1 0 1 N s cell 2: The process ended by SIGABRT, which the runtime or a native lib…",
                "sub/fails.dib 1 1 0 1 N s cell 2: no more",
                "",
                "4 notebooks: 1 ran to its end, 3 did not; cells: 4 ran, 2 failed, 1 passed over, 2 not run. N s.",
                "",
            ],
            lines
                .Where(line => !line.StartsWith('─') && !line.StartsWith("sub/broken", StringComparison.Ordinal))
                .Where(line => !line.StartsWith("Written: ", StringComparison.Ordinal))
                .Select(line => Regex.Replace(Regex.Replace(line, @"[\d.]+ s\b", "N s"), " +", " "))
        );
        Assert.Matches(@"\nsub/broken.ipynb +0 .* broken.ipynb is not a Jupyter notebook: ", run.Output);
        // What the crashed one has left says where.
        var cells = JsonNode.Parse(File.ReadAllText(In("out/sub/abort.out.ipynb")))!["cells"]!.AsArray();
        Assert.Equal(
            [null, "This cell has not ended: it still runs, or the process ended while it ran.", null],
            cells.Select(cell => (string?)cell!["outputs"]!.AsArray().LastOrDefault()?["evalue"])
        );
    }

    [Fact]
    public async Task A_thread_that_a_cell_leaves_behind_ends_with_its_notebook()
    {
        Write("a.dib", "#!csharp\nnew Thread(() => Thread.Sleep(Timeout.Infinite)).Start();\n");
        Write("b.dib", "#!csharp\n1\n");

        var run = await ShellRun.Of(["run", folder]);

        Assert.Equal((0, ""), (run.Code, run.Errors));
        Assert.Contains("2 notebooks: 2 ran to their end", run.Output);
    }

    [Fact]
    public async Task Results_for_programs_have_every_cell_and_whole_errors()
    {
        var message = new string('x', 300);
        Write("fails.dib", $"#!csharp\n1\n#!csharp\nthrow new ArgumentException(\"{message}\");\n#!csharp\n3\n");

        var run = await ShellRun.Of(["run", In("fails.dib"), "--json", "--allow-errors"], live: true);
        var csv = await ShellRun.Of(["run", In("fails.dib"), "--csv"]);

        Assert.Equal((1, ""), (run.Code, run.Errors));
        var tables = JsonNode.Parse(run.Output)!["tables"]!;
        var row = Assert.Single(tables[0]!["rows"]!.AsArray())!;
        Assert.Equal(
            ("fails.dib", "failed", 2, 1, 0, 0, 0, $"cell 2: {message}"),
            (
                (string)row["notebook"]!,
                (string)row["status"]!,
                (int)row["ran"]!,
                (int)row["failed"]!,
                (int)row["skipped"]!,
                (int)row["passed_over"]!,
                (int)row["not_run"]!,
                (string)row["first_error"]!
            )
        );
        Assert.Equal(
            [(1, "ran", null), (2, "failed", "ArgumentException"), (3, "ran", null)],
            tables[1]!["rows"]!
                .AsArray()
                .Select(cell => ((int)cell!["cell"]!, (string)cell["status"]!, (string?)cell["error"]))
        );
        Assert.StartsWith(
            "notebook,status,ran,failed,skipped,passed_over,not_run,seconds,first_error\nfails.dib,failed,1,1,0,0,1,",
            csv.Output
        );
    }

    [Fact]
    public async Task The_report_is_JUnits_whatever_cells_print()
    {
        Write(
            "a & b.dib",
            """
            #!csharp
            Console.Write("\u001b[31mred\u001b[0m \u0000\u0001 <b> \ud83d\ude00");
            #!pwsh
            Get-Date
            #!csharp
            throw new Exception("no \u0002 <b>");
            #!csharp
            3
            """
        );
        Write("empty.dib", "#!markdown\n# Nothing\n");
        Write("exits.dib", "#!csharp\nEnvironment.Exit(7);\n");
        Write("broken.ipynb", "{");

        var run = await ShellRun.Of(["run", folder, "--junit", In("out/report.xml"), "--quiet"]);

        Assert.Equal(1, run.Code);
        Assert.StartsWith("Notebook ", run.Output);
        var root = XDocument.Load(In("out/report.xml")).Root!;
        Assert.Equal(["6", "1", "2", "2"], Counts(root));
        var suites = root.Elements("testsuite").ToDictionary(suite => (string)suite.Attribute("name")!);
        Assert.Equal(["4", "1", "0", "2"], Counts(suites["a & b.dib"]));
        Assert.Equal(["1", "0", "1", "0"], Counts(suites["broken.ipynb"]));
        Assert.Equal(["0", "0", "0", "0"], Counts(suites["empty.dib"]));
        Assert.All(root.DescendantsAndSelf().Attributes("time"), time => Assert.Matches(@"^\d+\.\d{3}$", time.Value));
        var cells = suites["a & b.dib"].Elements("testcase").ToList();
        Assert.Equal(
            ("a & b.dib", "cell 2: Get-Date", "red  <b> \ud83d\ude00", "PowerShell does not run here"),
            (
                (string)cells[1].Attribute("classname")!,
                (string)cells[1].Attribute("name")!,
                cells[0].Element("system-out")!.Value,
                (string)cells[1].Element("skipped")!.Attribute("message")!
            )
        );
        var failure = cells[2].Element("failure")!;
        Assert.Equal(
            ("no  <b>", "Exception"),
            ((string)failure.Attribute("message")!, (string)failure.Attribute("type")!)
        );
        Assert.Contains("at cell 2, line 1", failure.Value);
        Assert.Equal("the run ended at cell 3", (string)cells[3].Element("skipped")!.Attribute("message")!);
        Assert.Equal(
            "The process ended with exit code 7.",
            (string)suites["exits.dib"].Element("testcase")!.Element("error")!.Attribute("message")!
        );

        static IEnumerable<string> Counts(XElement suite) =>
            new[] { "tests", "failures", "errors", "skipped" }.Select(count => (string)suite.Attribute(count)!);
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(80, false)]
    [InlineData(120, true)]
    [InlineData(200, true)]
    public void A_table_fits_the_terminal_and_errors_it_has_no_room_for_are_below(int width, bool isInTable)
    {
        var name = $"lessons/{new string('x', 50)}/end.ipynb";
        var error = $"The name 'y' does not exist. {new string('z', 200)}";
        var cell = new CellOutcome(7, "y", "csharp", "y")
        {
            Status = CellStatus.Failed,
            Error = new("CompilationError", error, [error]),
        };
        var over = new CellOutcome(8, "", "fsharp", "") { Status = CellStatus.PassedOver };
        var outcome = new NotebookOutcome(new NotebookFile("/a", name), [cell, over], TimeSpan.FromSeconds(123.4));

        var (table, errors) = SuiteTable.ForPeople([outcome], width);

        var lines = table.Within(width - 2).ToString().Split('\n');
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width - 2));
        Assert.EndsWith("end.ipynb", table.Rows[0][0].Text);
        Assert.Equal(isInTable ? [] : [$"{name}, cell 7: {error}"], errors);
        Assert.Equal(isInTable, lines[2].Contains("cell 7: The name 'y' does not", StringComparison.Ordinal));
    }

    // In an attribute, halves of pairs would have been replaced.
    public static TheoryData<string, string> Texts =>
        new()
        {
            { "\ud800a\udc00", "a" },
            { "\ufffe\uffff\0\v\t\n", "\t\n" },
            { "\ud83d\ude00 \u001b[1;31mx\u001b[0m", "\ud83d\ude00 x" },
        };

    [Theory]
    [MemberData(nameof(Texts), DisableDiscoveryEnumeration = true)]
    public void What_XML_cannot_hold_is_left_out_of_the_report(string text, string written)
    {
        var cell = new CellOutcome(1, text, "csharp", "")
        {
            Status = CellStatus.Failed,
            Error = new(text, text, [text]),
        };
        var outcome = new NotebookOutcome(new NotebookFile("/a.dib", text), [cell], TimeSpan.FromSeconds(1234.5678));
        var file = In("report.xml");

        JUnitReport.Write(file, [outcome]);

        var suite = XDocument.Load(file, LoadOptions.PreserveWhitespace).Root!.Element("testsuite")!;
        Assert.Equal((written, "1234.568"), ((string)suite.Attribute("name")!, (string)suite.Attribute("time")!));
        Assert.Equal(written, suite.Element("testcase")!.Element("failure")!.Value);
    }

    [Fact]
    public async Task Each_notebook_runs_in_its_folder_and_writes_beside_itself_or_below_a_folder()
    {
        Write("x/data.txt", "here");
        Write("x/a.dib", "#!csharp\n// parameters\nvar n = 1;\n#!csharp\nFile.ReadAllText(\"data.txt\") + n\n");
        Write("x/a.ipynb", """{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}""");
        Write("b.dib", "#!csharp\n// parameters\nvar n = 1;\n#!csharp\nn\n");
        string[] line = ["run", In("x"), In("b.dib"), "--param", "n=3", "--out", "ipynb"];

        var beside = await ShellRun.Of(line);
        var below = await ShellRun.Of([.. line, "--out", "html", "--output-dir", In("out")]);

        Assert.Equal((0, 0), (beside.Code, below.Code));
        Assert.Equal(
            ["b.dib", "b.out.ipynb", "out/b.html", "out/b.out.ipynb", "out/x/a.dib.html", "out/x/a.dib.out.ipynb"],
            Files().Where(file => !file.StartsWith("x/", StringComparison.Ordinal) && !file.Contains("a.ipynb"))
        );
        Assert.Equal(
            ["x/a.dib", "x/a.dib.out.ipynb", "x/a.ipynb", "x/a.ipynb.out.ipynb", "x/data.txt"],
            Files().Where(file => file.StartsWith("x/", StringComparison.Ordinal))
        );
        Assert.Contains("\"here3\"", File.ReadAllText(In("out/x/a.dib.out.ipynb")));

        IEnumerable<string> Files() =>
            Directory
                .GetFiles(folder, "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder, file))
                .Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task One_file_for_several_notebooks_is_refused()
    {
        Write("a.dib", "#!csharp\n1\n");
        Write("b.dib", "#!csharp\n1\n");

        var run = await ShellRun.Of(["run", folder, "--html", In("page.html")]);
        var none = await ShellRun.Of(["run", Directory.CreateDirectory(In("none")).FullName]);

        Assert.Equal(2, run.Code);
        Assert.Equal(
            $"tresnet: --html {In("page.html")} is one file and there are 2 notebooks: write --out html, which names one after each.\n",
            run.Errors
        );
        Assert.Equal(
            (1, $"tresnet: There is no notebook, .dib or .ipynb, in '{In("none")}'.\n"),
            (none.Code, none.Errors)
        );
    }

    [Fact]
    public async Task Ctrl_C_stops_the_notebook_that_runs_and_keeps_the_table()
    {
        Write("a.dib", "#!csharp\n1\n");
        Write("b.dib", $"#!csharp\nFile.WriteAllText(@\"{In("runs")}\", \"\"); Thread.Sleep(120_000);\n");
        Write("c.dib", "#!csharp\n1\n");
        var start = new ProcessStartInfo(
            "dotnet",
            [BuiltProgram.Location, "run", folder, "--junit", In("report.xml"), "--out", "ipynb"]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        for (var i = 0; i < 1200 && !File.Exists(In("runs")); i++)
        {
            await Task.Delay(100);
        }

        await Process.Start("kill", $"-INT {process.Id}").WaitForExitAsync();
        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);

        Assert.Equal(130, process.ExitCode);
        Assert.Contains("cell 1: The cell was interrupted.", await output);
        Assert.Contains("3 notebooks: 1 ran to its end, 1 did not, 1 had not begun", await output);
        Assert.Equal(2, XDocument.Load(In("report.xml")).Root!.Elements("testsuite").Count());
        Assert.Contains("Interrupted", await File.ReadAllTextAsync(In("b.out.ipynb")));
    }

    private const string Abort =
        "[System.Runtime.InteropServices.DllImport(\"libc\")] static extern void abort(); abort();";

    private string In(string file) => Path.Combine(folder, file);

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(In(file))!);
        File.WriteAllText(In(file), text);
    }
}
