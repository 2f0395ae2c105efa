// A notebook run without a front end, cell by cell, to a file that shows what came out.
using System.Globalization;
using System.Text.Json.Nodes;
using Notebook.Documents;
using Notebook.Rendering;

namespace Notebook.Running;

/// <summary>Runs notebooks headlessly. The first error stops the run; it and everything before it is kept.</summary>
/// <param name="host">Where the cells run.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class NotebookRunner(NotebookHost host, TimeProvider? time = null)
{
    private readonly TimeProvider clock = time ?? TimeProvider.System;

    /// <summary>Runs a notebook file and writes what comes out, also when a cell fails or the run is interrupted.</summary>
    /// <param name="path">The <c>.dib</c> or <c>.ipynb</c> file to run.</param>
    /// <param name="outputs">The files to write: a page (<c>.html</c>), a notebook with outputs (<c>.ipynb</c>).</param>
    /// <param name="progress">Told when a cell starts and ends.</param>
    /// <param name="cancellation">Interrupts the run.</param>
    /// <exception cref="CommandException">The notebook cannot be read, or an output is neither page nor notebook or cannot be written.</exception>
    public async Task<RunResult> RunFileAsync(
        string path,
        IReadOnlyList<string> outputs,
        Action<RunProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        if (
            outputs.FirstOrDefault(output =>
                Path.GetExtension(output).ToLowerInvariant() is not (".html" or ".ipynb")
            ) is
            { } other
        )
        {
            throw new CommandException(
                $"'{other}' is neither a page nor a notebook: the name should end in .html or .ipynb."
            );
        }

        var result = await RunAsync(DocumentFormats.Read(path), progress, cancellation);
        foreach (var output in outputs)
        {
            if (Path.GetExtension(output).Equals(".html", StringComparison.OrdinalIgnoreCase))
            {
                NotebookPage.Write(result.Document, output, Path.GetDirectoryName(Path.GetFullPath(path)));
            }
            else
            {
                DocumentFormats.Write(result.Document, output);
            }
        }

        return result;
    }

    /// <summary>Runs a notebook; the outputs replace those that its cells had.</summary>
    /// <param name="document">The notebook.</param>
    /// <param name="progress">Told when a cell starts and ends.</param>
    /// <param name="cancellation">Interrupts the run.</param>
    public async Task<RunResult> RunAsync(
        NotebookDocument document,
        Action<RunProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var start = clock.GetTimestamp();
        var folder = new OutputFolder();
        var code = document.Cells.Where(IsCode).ToList();
        foreach (var cell in code)
        {
            (cell.ExecutionCount, cell.Outputs) = (null, []);
            cell.Metadata.Remove(CellTiming.Key);
        }

        CellResult? failed = null;
        var at = 0;
        while (at < code.Count && failed is null)
        {
            var result = await RunCellAsync(code[at], folder, state => Report(at, state, default), cancellation);
            failed = result.Succeeded ? null : result;
            at++;
            Report(at - 1, result.Succeeded ? CellState.Succeeded : CellState.Failed, result.Elapsed);
        }

        folder.Store();
        return new RunResult(document, failed?.Error, failed is null ? null : at, clock.GetElapsedTime(start))
        {
            Cancelled = failed?.Cancelled ?? false,
        };

        void Report(int index, CellState state, TimeSpan elapsed) =>
            progress?.Invoke(new RunProgress(index + 1, code.Count, Title(code[index]), state, elapsed));
    }

    private async Task<CellResult> RunCellAsync(
        NotebookCell cell,
        OutputFolder folder,
        Action<CellState> report,
        CancellationToken cancellation
    )
    {
        report(CellState.Started);
        var sink = folder.SinkOf(cell);
        var started = clock.GetUtcNow();
        CellResult result;
        if (cell.Language is CellLanguage.CSharp or CellLanguage.Html or CellLanguage.JavaScript)
        {
            var selector = cell.Language == CellLanguage.CSharp ? "" : $"#!{cell.Language}\n";
            result = await host.ExecuteAsync(selector + cell.Source, sink, cancellation);
        }
        else
        {
            var sentence =
                $"This cell is in {cell.Language}, which does not run here. C#, Markdown, HTML and JavaScript do.";
            var error = new ErrorOutput("UnknownLanguage", sentence, [sentence]);
            sink(error);
            result = new CellResult(error, TimeSpan.Zero);
        }

        cell.ExecutionCount = host.ExecutionCount;
        cell.Metadata[CellTiming.Key] = CellTiming.Write(started, clock.GetUtcNow());
        return result;
    }

    /// <summary>Whether a cell is run; a diagram is its own picture.</summary>
    private static bool IsCode(NotebookCell cell) =>
        cell.Language is not (CellLanguage.Markdown or CellLanguage.Raw or "mermaid");

    private static string Title(NotebookCell cell) =>
        cell.Source.Split('\n')
            .Select(line => line.Trim().TrimStart('/').Trim())
            .FirstOrDefault(line => line.Length > 0)
        ?? "";
}

/// <summary>When a cell ran, in the metadata that JupyterLab records.</summary>
internal static class CellTiming
{
    /// <summary>The member of a cell's metadata.</summary>
    public const string Key = "execution";

    private const string Busy = "iopub.status.busy";
    private const string Idle = "iopub.status.idle";

    public static JsonObject Write(DateTimeOffset started, DateTimeOffset ended) =>
        new() { [Busy] = Iso(started), [Idle] = Iso(ended) };

    public static (DateTimeOffset Started, TimeSpan Elapsed)? Read(NotebookCell cell) =>
        cell.Metadata[Key] is JsonObject times
        && Parse(times[Busy]) is { } started
        && (Parse(times[Idle]) ?? Parse(times["shell.execute_reply"])) is { } ended
            ? (started, ended - started)
            : null;

    private static string Iso(DateTimeOffset time) =>
        time.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static DateTimeOffset? Parse(JsonNode? node) =>
        node is JsonValue value
        && value.TryGetValue<string>(out var text)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;
}
