// Between the process of a notebook and that which started it: a file of JSON objects, one a line, which lasts when the process crashes.
using System.Text.Encodings.Web;
using System.Text.Json;
using Notebook.Documents;
using Notebook.Runner;

namespace TResNet.Cli;

/// <summary>One line of the file; of its members one is set.</summary>
internal sealed record RunEvent
{
    /// <summary>The code cells, before the first one starts.</summary>
    public IReadOnlyList<CellOutcome>? Cells { get; init; }

    /// <summary>A cell that has started or ended.</summary>
    public CellOutcome? Cell { get; init; }

    /// <summary>A sentence about what looks like a mistake.</summary>
    public string? Warning { get; init; }

    /// <summary>Why the notebook did not run.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the run has ended as runs do.</summary>
    public bool Ended { get; init; }
}

/// <summary>Writes what happens in a run to the file.</summary>
internal sealed class RunEventWriter(string path) : IDisposable
{
    public static readonly JsonSerializerOptions Format = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly StreamWriter writer = new(
        new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite)
    );

    /// <summary>The options of a run with who is told.</summary>
    public RunOptions On(RunOptions options, CancellationToken cancel) =>
        options with
        {
            Starting = cells => Write(new RunEvent { Cells = [.. cells.Select((cell, i) => Outcome(i + 1, cell))] }),
            Progress = progress => Write(new RunEvent { Cell = Outcome(progress, cancel) }),
            Warning = sentence => Write(new RunEvent { Warning = sentence }),
        };

    public void Write(RunEvent line)
    {
        lock (writer)
        {
            writer.Write(JsonSerializer.Serialize(line, Format) + "\n");
            writer.Flush();
        }
    }

    public void Dispose() => writer.Dispose();

    private static CellOutcome Outcome(int number, NotebookCell cell) =>
        new(number, cell.Title, cell.Language, cell.Source);

    private static CellOutcome Outcome(RunProgress progress, CancellationToken cancel) =>
        Outcome(progress.Index, progress.Cell) with
        {
            Status = progress.State switch
            {
                CellState.Started => CellStatus.Started,
                CellState.Failed when cancel.IsCancellationRequested => CellStatus.Interrupted,
                CellState.Failed => CellStatus.Failed,
                CellState.Skipped => CellStatus.Skipped,
                CellState.PassedOver => CellStatus.PassedOver,
                _ => CellStatus.Ran,
            },
            Seconds = progress.Elapsed.TotalSeconds,
            Error = progress.State == CellState.Raised ? null : progress.Error,
            Raised = progress.State == CellState.Raised,
            Reason = progress.State switch
            {
                CellState.Skipped => "its tag is skip-execution",
                CellState.PassedOver => $"{progress.OtherLanguage} does not run here",
                _ => null,
            },
            Printed = progress.Printed,
            Text = progress.State is CellState.Started or CellState.PassedOver
                ? ""
                : OutputText.Of(progress.Cell.Outputs),
        };
}

/// <summary>Reads the file while it is written.</summary>
internal sealed class RunEventReader(string path)
{
    private long read;

    /// <summary>The lines that have been finished since the last call.</summary>
    public IReadOnlyList<RunEvent> Next()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        stream.Seek(read, SeekOrigin.Begin);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var all = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        var end = all.LastIndexOf((byte)'\n') + 1;
        read += end;
        return
        [
            .. System
                .Text.Encoding.UTF8.GetString(all[..end])
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonSerializer.Deserialize<RunEvent>(line, RunEventWriter.Format)!),
        ];
    }
}
