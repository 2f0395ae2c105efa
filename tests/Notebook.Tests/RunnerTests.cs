using System.Text.Json.Nodes;
using Notebook.Documents;
using Notebook.Outputs;
using Notebook.Pages;
using Notebook.Runner;

namespace Notebook.Tests;

public sealed class RunnerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("notebook").FullName;
    private readonly NotebookHost host = new([new GalleryExtension()]);

    public void Dispose()
    {
        host.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_run_stops_at_the_first_error_and_keeps_what_came_before()
    {
        var progress = new List<RunProgress>();
        var result = await Run(
            "#!md\n# Title\n#!csharp\n// Say one\n1\n#!csharp\nthrow new Exception(\"no\");\n#!csharp\n3\n",
            progress.Add
        );
        Assert.Equal(("no", 2, false), (result.Error?.Value, result.FailedCell, result.Cancelled));
        Assert.Equal([null, 1, 2, null], result.Document.Cells.Select(cell => cell.ExecutionCount));
        Assert.Equal(["execute_result"], Kinds(result.Document.Cells[1]));
        Assert.Equal(["error"], Kinds(result.Document.Cells[2]));
        Assert.Equal(
            [
                (1, "Say one", CellState.Started),
                (1, "Say one", CellState.Succeeded),
                (2, "throw new Exception(\"no\");", CellState.Started),
                (2, "throw new Exception(\"no\");", CellState.Failed),
            ],
            progress.Select(step => (step.Index, step.Title, step.State))
        );
        Assert.All(progress, step => Assert.Equal(3, step.Count));
    }

    [Fact]
    public async Task An_update_takes_the_place_of_what_was_shown_also_in_an_earlier_cell()
    {
        var result = await Run(
            """
            #!csharp
            var bar = "0 %".Display(); "below".Display(); bar.Update("50 %");
            #!csharp
            bar.Update("100 %"); "own".Display();
            """
        );
        Assert.Equal(["100 %", "below"], result.Document.Cells[0].Outputs.Select(Plain));
        Assert.Equal(["own"], result.Document.Cells[1].Outputs.Select(Plain));
    }

    [Fact]
    public async Task Text_of_one_stream_is_one_output()
    {
        var result = await Run(
            "Console.Write(1); Console.WriteLine(2); Console.Write(3); Console.Error.Write(4); Console.Write(5);"
        );
        Assert.Equal(
            """[{"name":"stdout","output_type":"stream","text":["12\n","3"]},{"name":"stderr","output_type":"stream","text":["4"]},{"name":"stdout","output_type":"stream","text":["5"]}]""",
            result.Document.Cells[0].Outputs.ToJsonString()
        );
    }

    [Fact]
    public async Task A_cleared_output_is_gone_once_the_next_one_comes()
    {
        var folder = new OutputCollector();
        var cell = new NotebookCell(CellLanguage.CSharp, "");
        var sink = folder.SinkOf(cell);
        sink(new StreamOutput(StreamKind.Stdout, "old"));
        sink(new ClearOutput(Wait: true));
        folder.Store();
        Assert.Equal(["stream"], Kinds(cell));
        sink(new DisplayOutput(MimeBundle.Plain("new")));
        folder.Store();
        Assert.Equal(["display_data"], Kinds(cell));
        sink(new ClearOutput(Wait: false));
        folder.Store();
        Assert.Empty(cell.Outputs);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task An_interrupted_run_still_writes_what_there_is()
    {
        using var interrupt = new CancellationTokenSource();
        var source = Write("tour.dib", "#!csharp\n1\n#!csharp\nwhile (true) { }\n#!csharp\n3\n");
        var (page, notebook) = (Path.Combine(folder, "out", "tour.html"), Path.Combine(folder, "out", "tour.ipynb"));
        var result = await new NotebookRunner(host).RunFileAsync(
            source,
            [page, notebook],
            new RunOptions { Progress = Stop },
            interrupt.Token
        );
        Assert.True(result.Cancelled);
        Assert.Equal(["execute_result"], Kinds(DocumentFormats.Read(notebook).Cells[0]));
        Assert.Contains("The cell was interrupted.", await File.ReadAllTextAsync(page));
        Assert.Equal(
            ["tour.html", "tour.ipynb"],
            Directory.EnumerateFiles(Path.Combine(folder, "out")).Select(Path.GetFileName).Order()
        );

        void Stop(RunProgress progress)
        {
            if (progress is { Index: 2, State: CellState.Started })
            {
                interrupt.CancelAfter(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    [Fact]
    public async Task A_cell_that_takes_too_long_is_interrupted_and_what_it_showed_is_kept()
    {
        var source = Write("slow.dib", "#!csharp\n1\n#!csharp\nConsole.WriteLine(2); while (true) { }\n#!csharp\n3\n");
        var notebook = Path.Combine(folder, "slow.ipynb");
        var options = new RunOptions { CellTimeout = TimeSpan.FromSeconds(5) };
        var result = await new NotebookRunner(host).RunFileAsync(source, [notebook], options);
        Assert.Equal((true, false, 2), (result.TimedOut, result.Cancelled, result.FailedCell));
        Assert.Equal("The cell took longer than 5 s and was interrupted.", result.Error?.Value);
        Assert.Equal(["stream", "error"], Kinds(DocumentFormats.Read(notebook).Cells[1]));
    }

    [Fact]
    public async Task A_cell_that_cannot_be_interrupted_does_not_hold_the_run()
    {
        var options = new RunOptions
        {
            CellTimeout = TimeSpan.FromMilliseconds(100),
            Grace = TimeSpan.FromMilliseconds(100),
        };
        const string Stubborn = """
            var end = Environment.TickCount64 + 20_000;
            while (Environment.TickCount64 < end) { try { Thread.Sleep(50); } catch (ThreadInterruptedException) { } }
            """;
        var result = await new NotebookRunner(host).RunAsync(DibFormat.Parse(Stubborn), options);
        Assert.True(result.TimedOut);
        Assert.InRange(result.Elapsed.TotalSeconds, 0, 15);
    }

    [Fact]
    public async Task What_has_been_done_is_on_disk_while_the_run_goes_on()
    {
        var go = Path.Combine(folder, "go");
        var source = Write(
            "long.dib",
            $"#!csharp\n1\n#!csharp\nConsole.WriteLine(2); while (!File.Exists(@\"{go}\")) await Task.Delay(20);\n"
        );
        string[] files = [Path.Combine(folder, "long.ipynb"), Path.Combine(folder, "long.html")];
        var seen = new List<(int Results, int Texts)>();
        var looking = Task.CompletedTask;
        var options = new RunOptions { SaveEvery = TimeSpan.FromMilliseconds(200), Progress = Look };
        await new NotebookRunner(host).RunFileAsync(source, files, options);
        await looking;
        // What it showed, and that it has not ended.
        Assert.Equal([(1, 0), (1, 1), (1, 2)], seen);
        Assert.Equal(["stream"], Kinds(DocumentFormats.Read(files[0]).Cells[1]));

        void Look(RunProgress progress)
        {
            if (progress.State == CellState.Started)
            {
                seen.Add(OnDisk());
            }

            if (progress is { Index: 2, State: CellState.Started })
            {
                looking = WaitForText();
            }
        }

        async Task WaitForText()
        {
            for (var i = 0; i < 3000 && OnDisk() != (1, 2); i++)
            {
                await Task.Delay(20);
            }

            seen.Add(OnDisk());
            File.WriteAllText(go, "");
        }

        (int, int) OnDisk()
        {
            Assert.All(files, file => Assert.True(File.Exists(file)));
            var cells = DocumentFormats.Read(files[0]).Cells;
            Assert.Equal(
                RunOutputFiles.Unfinished,
                (string?)cells.Last(cell => cell.Outputs.Count > 0).Outputs[^1]!["ename"]
            );
            return (cells[0].Outputs.Count, cells[1].Outputs.Count);
        }
    }

    [Fact]
    public async Task A_second_run_replaces_the_outputs_of_the_first()
    {
        var document = DibFormat.Parse("1");
        var runner = new NotebookRunner(host);
        await runner.RunAsync(document);
        await runner.RunAsync(document);
        Assert.Single(document.Cells[0].Outputs);
    }

    [Fact]
    public async Task Html_and_javascript_cells_are_shown()
    {
        var result = await Run("#!html\n<b>x</b>\n#!js\n1\n");
        Assert.True(result.Succeeded);
        Assert.Equal([1, 1], result.Document.Cells.Select(cell => cell.Outputs.Count));
    }

    [Fact]
    public async Task A_cell_of_Mermaid_is_drawn_as_the_magic_draws_it_also_from_a_notebook()
    {
        const string Diagram = "graph LR\n  A --> B";
        var source = DibFormat.Parse($"#!mermaid\n\n{Diagram}\n");
        source.Cells.Add(new NotebookCell(CellLanguage.CSharp, $"#!mermaid\n{Diagram}"));
        var converted = IpynbFormat.Parse(IpynbFormat.Write(source));
        foreach (var document in new[] { source, converted })
        {
            // A page of a notebook that did not run shows it too: there is nothing to wait for.
            Assert.Equal(1, DiagramsOf(document));
            var result = await new NotebookRunner(host).RunAsync(document);
            Assert.True(result.Succeeded);
            Assert.Equal([CellLanguage.Mermaid, CellLanguage.CSharp], document.Cells.Select(cell => cell.Language));
            Assert.Equal(
                [Diagram, Diagram],
                document.Cells.Select(cell =>
                    Assert.IsType<DisplayOutput>(OutputJson.Read(Assert.Single(cell.Outputs)!)).Data["text/vnd.mermaid"]
                )
            );
            Assert.Equal(2, DiagramsOf(document));
        }

        static int DiagramsOf(NotebookDocument document) =>
            NotebookPage.Render(document).Split("<pre class=\"mermaid\">graph LR\n  A --&gt; B</pre>").Length - 1;
    }

    [Fact]
    public async Task A_cell_of_value_keeps_the_text_in_it()
    {
        var result = await Run(
            "#!value\n\n#!value --name note\nsome text\n\n#!csharp\n#!share --from value note\nnote\n"
        );

        Assert.True(result.Succeeded, result.Error?.Value);
        Assert.Equal(
            "some text",
            Assert
                .IsType<ResultOutput>(OutputJson.Read(Assert.Single(result.Document.Cells[1].Outputs)!))
                .Data["text/plain"]
                .Trim()
        );
    }

    [Theory]
    [InlineData("#!fsharp\nlet x = 1\n", "F#")]
    [InlineData("#!pwsh\nGet-Date\n", "PowerShell")]
    [InlineData("#!sql\nselect 1\n", "SQL")]
    [InlineData("#!csharp\n#!python\nx = 1\n", "Python")]
    [InlineData("#!csharp\n\n#!sql --name x\nselect 1\n", "SQL")]
    public async Task A_cell_in_another_language_is_passed_over_and_says_so(string cell, string language)
    {
        var progress = new List<RunProgress>();
        var result = await Run($"#!csharp\n1\n{cell}#!csharp\n2\n", progress.Add);

        Assert.Equal((true, 0), (result.Succeeded, result.Failed));
        Assert.Equal([1, null, 2], result.Document.Cells.Select(each => each.ExecutionCount));
        Assert.Equal(
            $"Passed over: this cell is in {language}, which does not run here.\n",
            Assert.IsType<StreamOutput>(OutputJson.Read(Assert.Single(result.Document.Cells[1].Outputs))).Text
        );
        Assert.Equal(
            (CellState.PassedOver, language, ""),
            Assert.Single(
                progress.Where(each => each.Index == 2).Select(each => (each.State, each.OtherLanguage, each.Printed))
            )
        );
    }

    [Fact]
    public async Task A_cell_in_another_language_ends_a_run_that_shall_stop_there()
    {
        var document = DibFormat.Parse("#!fsharp\nlet x = 1\n#!csharp\n1\n");
        var result = await new NotebookRunner(host).RunAsync(
            document,
            new RunOptions { OtherLanguages = OtherLanguages.Stop }
        );

        Assert.Equal(
            (1, "This cell is in F#, which does not run here. C#, Markdown, HTML, JavaScript and Mermaid do."),
            (result.FailedCell, result.Error?.Value)
        );
        Assert.Null(document.Cells[1].ExecutionCount);
    }

    [Fact]
    public async Task A_cell_that_returns_to_a_language_of_ours_is_run()
    {
        var mixed = new NotebookDocument([new NotebookCell(CellLanguage.CSharp, "#!fsharp\n1\n#!csharp\n40 + 2")]);
        var states = new List<CellState>();
        await new NotebookRunner(host).RunAsync(
            mixed,
            new RunOptions { Progress = progress => states.Add(progress.State) }
        );

        Assert.Equal(CellState.Started, states[0]);
    }

    [Fact]
    public async Task Where_errors_are_allowed_the_run_goes_on_after_them_and_has_failed()
    {
        var document = DibFormat.Parse(
            "#!csharp\nthrow new Exception(\"a\");\n#!csharp\nThread.Sleep(60_000);\n#!csharp\nnone\n#!csharp\n40 + 2\n"
        );
        var result = await new NotebookRunner(host).RunAsync(
            document,
            new RunOptions { AllowErrors = true, CellTimeout = TimeSpan.FromSeconds(5) }
        );

        Assert.Equal(
            (3, "a", 1, true, false),
            (result.Failed, result.Error?.Value, result.FailedCell, result.TimedOut, result.Cancelled)
        );
        Assert.Equal("42", Plain(Assert.Single(document.Cells[3].Outputs)));
    }

    [Fact]
    public async Task A_cell_that_runs_on_ends_the_run_also_where_errors_are_allowed()
    {
        var options = new RunOptions
        {
            AllowErrors = true,
            CellTimeout = TimeSpan.FromSeconds(3),
            Grace = TimeSpan.FromMilliseconds(100),
        };
        const string Native = """
            #!csharp
            [System.Runtime.InteropServices.DllImport("libc")] static extern uint sleep(uint seconds);
            sleep(10);
            #!csharp
            1
            """;
        var result = await new NotebookRunner(host).RunAsync(DibFormat.Parse(Native), options);

        Assert.Equal((1, true), (result.Failed, result.TimedOut));
        Assert.Empty(result.Document.Cells[1].Outputs);
    }

    [Fact]
    public async Task An_output_of_another_kind_is_refused_before_anything_runs()
    {
        var error = await Assert.ThrowsAsync<CommandException>(() =>
            new NotebookRunner(host).RunFileAsync("none.dib", ["page.pdf"])
        );
        Assert.Equal(
            "'page.pdf' is neither a page nor a notebook: the name should end in .html or .ipynb.",
            error.Message
        );
    }

    [Fact]
    public async Task A_chart_is_stored_as_figure_and_picture()
    {
        var result = await Run("Chart(\"Loss\", 1.4)");
        var data = result.Document.Cells[0].Outputs[0]!["data"]!.AsObject();
        Assert.Equal(["application/vnd.plotly.v1+json", "image/svg+xml", "text/plain"], data.Select(form => form.Key));
        Assert.Equal("Loss", (string?)data["application/vnd.plotly.v1+json"]!["layout"]!["title"]!["text"]);
        Assert.IsType<JsonArray>(data["image/svg+xml"]);
    }

    private Task<RunResult> Run(string dib, Action<RunProgress>? progress = null) =>
        new NotebookRunner(host).RunAsync(DibFormat.Parse(dib), new RunOptions { Progress = progress });

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static IEnumerable<string?> Kinds(NotebookCell cell) =>
        cell.Outputs.Select(output => (string?)output!["output_type"]);

    private static string Plain(JsonNode? output) =>
        string.Concat(output!["data"]!["text/plain"]!.AsArray().Select(line => (string?)line));
}
