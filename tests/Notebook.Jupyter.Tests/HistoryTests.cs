using System.Text.Json.Nodes;
using Notebook.Jupyter.History;
using Notebook.Jupyter.Kernel;

namespace Notebook.Jupyter.Tests;

/// <summary>The cells that ran, as a console's arrow keys find them.</summary>
public sealed class HistoryTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("history-");

    private string FilePath => Path.Combine(folder.FullName, "new", "history.jsonl");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_kernel_remembers_the_cells_that_it_counts()
    {
        using var kernel = new RunningKernel();
        kernel.Client.Execute("var x = 1;");
        kernel.Client.Execute("2", new JsonObject { ["silent"] = true });
        kernel.Client.Execute("3", new JsonObject { ["store_history"] = false });
        kernel.Client.Execute("  ");
        kernel.Client.Execute("x + 1");
        Assert.Equal(
            """{"history":[[1,1,"var x = 1;"],[1,2,"x \u002B 1"]],"status":"ok"}""",
            Ask(kernel, """{"output":false,"raw":true,"hist_access_type":"tail","n":5}""")
        );
        Assert.Equal(
            """{"history":[[1,1,["var x = 1;",null]],[1,2,["x \u002B 1","2"]]],"status":"ok"}""",
            Ask(kernel, """{"output":true,"raw":true,"hist_access_type":"range","session":0,"start":1,"stop":3}""")
        );
        Assert.Equal(
            """{"history":[[1,2,"x \u002B 1"]],"status":"ok"}""",
            Ask(kernel, """{"output":false,"raw":true,"hist_access_type":"search","pattern":"x*1"}""")
        );
        Assert.Equal(
            """{"history":[],"status":"ok"}""",
            Ask(kernel, """{"output":false,"raw":true,"hist_access_type":"unheard of"}""")
        );
        Assert.True(File.Exists(kernel.HistoryPath));
    }

    [Fact]
    public void Sessions_are_numbered_and_found_again()
    {
        var first = Open();
        first.Add(1, "a");
        first.Add(2, "b");
        var second = Open();
        second.Add(1, "c");
        second.AddOutput(1, "result");
        first.Add(3, "d");
        var (one, two) = (new HistoryEntry(1, 1, "a"), new HistoryEntry(1, 2, "b"));
        var (three, four) = (new HistoryEntry(2, 1, "c", "result"), new HistoryEntry(1, 3, "d"));
        Assert.Equal([one, two, three, four], second.Tail(9));
        Assert.Equal([three, four], second.Tail(2));
        Assert.Equal([three], second.Range(0, 1, null));
        Assert.Equal([two, four], second.Range(-1, 2, null));
        Assert.Equal([two], second.Range(1, 2, 3));
        Assert.Empty(second.Range(7, 1, null));
    }

    [Theory]
    [InlineData("*", null, false, "one|two\nlines|one|on.")]
    [InlineData("one", null, false, "one|one")]
    [InlineData("one", null, true, "one")]
    [InlineData("on?", 2, false, "one|on.")]
    [InlineData("on.", null, false, "on.")]
    [InlineData("two*", null, false, "two\nlines")]
    [InlineData("*o*", null, true, "two\nlines|one|on.")]
    [InlineData("ne", null, false, "")]
    public void A_search_takes_a_glob(string pattern, int? count, bool unique, string expected)
    {
        var history = Open();
        string[] cells = ["one", "two\nlines", "one", "on."];
        for (var line = 0; line < cells.Length; line++)
        {
            history.Add(line + 1, cells[line]);
        }

        Assert.Equal(expected, string.Join('|', history.Search(pattern, count, unique).Select(entry => entry.Input)));
    }

    [Fact]
    public async Task Several_kernels_append_without_losing_a_cell()
    {
        const int Kernels = 4;
        const int Each = 50;
        await Task.WhenAll(
            Enumerable
                .Range(0, Kernels)
                .Select(_ =>
                    Task.Run(() =>
                    {
                        var history = Open();
                        for (var line = 1; line <= Each; line++)
                        {
                            history.Add(line, $"cell {line}");
                        }
                    })
                )
        );
        var entries = new HistoryFile(FilePath).Read();
        Assert.Equal(Kernels * Each, entries.Count);
        Assert.Equal(Enumerable.Range(1, Kernels), entries.Select(entry => entry.Session).Distinct().Order());
    }

    [Fact]
    public void A_line_that_was_cut_short_costs_no_other()
    {
        Open().Add(1, "before");
        File.AppendAllText(FilePath, """{"session":1,"line":2,"inp""");
        var after = Open();
        after.Add(1, "after");
        Assert.Equal(["before", "after"], after.Tail(9).Select(entry => entry.Input));
    }

    [Fact]
    public void The_file_stays_small_and_keeps_the_newest()
    {
        var history = Open();
        var cell = new string('x', 99_000);
        for (var line = 1; line <= 60; line++)
        {
            history.Add(line, $"{line} {cell}");
        }

        Assert.InRange(new FileInfo(FilePath).Length, 1, HistoryFile.Largest);
        Assert.StartsWith("60 x", history.Tail(1).Single().Input);
        Assert.Empty(folder.EnumerateFiles("*.tmp", SearchOption.AllDirectories));
    }

    [Fact]
    public void Only_its_owner_reads_the_file()
    {
        Open().Add(1, "secret");
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
    }

    [Fact]
    public void Where_no_file_can_be_written_the_session_is_remembered()
    {
        var log = new StringWriter();
        var history = new CellHistory(new HistoryFile("/proc/no/history.jsonl"), new KernelLog(log, "under-test"));
        history.Add(1, "a");
        history.Add(2, "b");
        Assert.Equal(["a", "b"], history.Tail(9).Select(entry => entry.Input));
        Assert.Contains("The history is kept for this session only: ", log.ToString());
        Assert.Single(log.ToString().TrimEnd().Split('\n'));
    }

    private static string Ask(RunningKernel kernel, string content) =>
        kernel.Client.Ask("history_request", JsonNode.Parse(content)!.AsObject()).Content.ToJsonString();

    private CellHistory Open() => new(new HistoryFile(FilePath), new KernelLog(TextWriter.Null, "under-test"));
}
