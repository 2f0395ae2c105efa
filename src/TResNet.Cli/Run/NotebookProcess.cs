using System.Diagnostics;
using System.Globalization;
using Notebook.Outputs;

namespace TResNet.Cli;

/// <summary>How each notebook of a run of several is run.</summary>
/// <param name="Words">The options of its process.</param>
/// <param name="Threads">The threads of its computations where the environment does not say; null for as many as there are processors.</param>
internal sealed record ProcessSettings(IReadOnlyList<string> Words, int? Threads);

/// <summary>
/// Runs one notebook in a process of its own, so that one that crashes costs only itself. The process is told to stop by the end of its standard
/// input, which also comes when this one is killed.
/// </summary>
internal sealed class NotebookProcess(NotebookFile file, ProcessSettings settings)
{
    /// <summary>How long a process may take to interrupt its cell and write what there is.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    /// <summary>How long a process may live whose notebook has ended.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private readonly Queue<string> said = new();
    private CellOutcome[] cells = [];
    private string? problem;
    private bool ended;
    private long cellStarted;

    /// <summary>Told of every cell that starts.</summary>
    public Action<CellOutcome, int>? Started { get; init; }

    /// <summary>Told what looks like a mistake.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Runs it to its end, whatever that is.</summary>
    public async Task<NotebookOutcome> RunAsync(CancellationToken cancel)
    {
        var (watch, began) = (Stopwatch.StartNew(), DateTimeOffset.Now);
        var events = Path.Combine(Path.GetTempPath(), $"tresnet-run-{Guid.NewGuid():N}.jsonl");
        try
        {
            var code = await RunAsync(new RunEventReader(events), events, cancel);
            if (!ended && problem is null)
            {
                Crash(code, cancel.IsCancellationRequested);
            }
        }
        finally
        {
            File.Delete(events);
        }

        WithReasons();
        return new NotebookOutcome(file, cells, watch.Elapsed) { Problem = problem, Started = began };
    }

    private async Task<int> RunAsync(RunEventReader events, string path, CancellationToken cancel)
    {
        using var process = Start(path);
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using var stop = cancel.Register(process.StandardInput.Close);
        long? stopping = null;
        long? ending = null;
        while (!process.WaitForExit(0))
        {
            Take(events.Next());
            // A thread that a cell has started may keep the process alive for ever.
            if (ended && Stopwatch.GetElapsedTime(ending ??= Stopwatch.GetTimestamp()) > LastWords)
            {
                process.Kill(entireProcessTree: true);
            }

            await Task.Delay(Poll, CancellationToken.None);
            if (
                cancel.IsCancellationRequested
                && Stopwatch.GetElapsedTime(stopping ??= Stopwatch.GetTimestamp()) > Grace
            )
            {
                process.Kill(entireProcessTree: true);
            }
        }

        // Programs that a cell started may hold the streams open.
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException) { }

        Take(events.Next());
        return process.ExitCode;
    }

    private Process Start(string events)
    {
        var launcher = JupyterCommand.Launcher();
        var start = new ProcessStartInfo(launcher[0])
        {
            WorkingDirectory = Path.GetDirectoryName(file.Path),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (
            var word in launcher.Skip(1).Concat(["run", file.Path, .. settings.Words, NotebookChild.Option, events])
        )
        {
            start.ArgumentList.Add(word);
        }

        foreach (var output in file.Outputs)
        {
            start.ArgumentList.Add("--out");
            start.ArgumentList.Add(Path.GetFullPath(output));
        }

        if (settings.Threads is { } threads)
        {
            start.Environment.TryAdd("OMP_NUM_THREADS", threads.ToString(CultureInfo.InvariantCulture));
        }

        return Process.Start(start)!;
    }

    private void Take(IReadOnlyList<RunEvent> events)
    {
        foreach (var line in events)
        {
            ended |= line.Ended;
            problem = line.Problem ?? problem;
            cells = line.Cells is { } all ? [.. all] : cells;
            if (line.Warning is { } sentence)
            {
                Warning?.Invoke(sentence);
            }

            if (line.Cell is { } cell)
            {
                cells[cell.Number - 1] = cell;
                if (cell.Status == CellStatus.Started)
                {
                    cellStarted = Stopwatch.GetTimestamp();
                    Started?.Invoke(cell, cells.Length);
                }
            }
        }
    }

    // The last lines are enough for what a runtime says when it ends a process.
    private void Keep(string? line)
    {
        const int most = 200;
        lock (gate)
        {
            if (line is not null)
            {
                said.Enqueue(line);
                if (said.Count > most)
                {
                    said.Dequeue();
                }
            }
        }
    }

    /// <summary>Says of the cell that ran when the process ended, or of none, that it did.</summary>
    private void Crash(int code, bool isStopped)
    {
        string[] lines;
        lock (gate)
        {
            lines = [.. said];
        }

        var at = Array.FindIndex(cells, cell => cell.Status == CellStatus.Started);
        if (at >= 0)
        {
            cells[at] = cells[at] with { Seconds = Stopwatch.GetElapsedTime(cellStarted).TotalSeconds };
        }

        if (isStopped)
        {
            if (at >= 0)
            {
                const string Stopped = "The cell was interrupted.";
                var interrupt = new ErrorOutput("Interrupted", Stopped, [Stopped]);
                cells[at] = cells[at] with { Status = CellStatus.Interrupted, Error = interrupt };
            }
            else
            {
                problem = "interrupted before its first cell";
            }

            return;
        }

        var sentence = ProcessEnd.Sentence(code, lines);
        if (at >= 0)
        {
            cells[at] = cells[at] with
            {
                Status = CellStatus.Crashed,
                Error = new ErrorOutput(ProcessEnd.ErrorName, sentence, lines.Length > 0 ? lines : [sentence]),
            };
        }
        else
        {
            problem = sentence;
        }
    }

    /// <summary>Says of the cells that did not run which one ended the run before them.</summary>
    private void WithReasons()
    {
        var last = Array.FindLastIndex(cells, cell => cell.IsFailure);
        for (var i = 0; i < cells.Length; i++)
        {
            if (cells[i].Status == CellStatus.NotRun)
            {
                cells[i] = cells[i] with
                {
                    Reason = last < 0 ? "the run ended before it" : $"the run ended at cell {last + 1}",
                };
            }
        }
    }
}
