// A notebook run without a front end, cell by cell, to a file that shows what came out.
using System.Diagnostics;
using System.Globalization;
using Notebook.Documents;
using Notebook.Language;
using Notebook.Outputs;
using Notebook.Session.Errors;

namespace Notebook.Runner;

/// <summary>
/// Runs notebooks headlessly. The first error stops the run, unless <see cref="RunOptions.AllowErrors"/>; it and everything before it is kept.
/// Cells tagged <c>raises-exception</c> and <c>skip-execution</c> are run as nbclient runs them.
/// </summary>
/// <param name="host">Where the cells run.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class NotebookRunner(NotebookHost host, TimeProvider? time = null)
{
    /// <summary>The name under which a cell that took too long is reported.</summary>
    internal const string TimeoutName = "Timeout";

    private readonly TimeProvider clock = time ?? TimeProvider.System;

    /// <summary>
    /// Runs a notebook file and writes what comes out, also when a cell fails or the run is interrupted. The files are there from the start
    /// and renewed on the way, so that a run that is killed leaves what it had.
    /// </summary>
    /// <param name="path">The <c>.dib</c> or <c>.ipynb</c> file to run.</param>
    /// <param name="outputs">The files to write: a page (<c>.html</c>), a notebook with outputs (<c>.ipynb</c>).</param>
    /// <param name="options">Parameters, limits and who is told.</param>
    /// <param name="cancellation">Interrupts the run.</param>
    /// <exception cref="CommandException">The notebook cannot be read, a parameter is wrong, or an output is neither page nor notebook or cannot be written.</exception>
    public async Task<RunResult> RunFileAsync(
        string path,
        IReadOnlyList<string> outputs,
        RunOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        if (outputs.FirstOrDefault(output => !RunOutputFiles.IsPage(output) && !IsNotebook(output)) is { } other)
        {
            throw new CommandException(
                $"'{other}' is neither a page nor a notebook: the name should end in .html or .ipynb."
            );
        }

        options ??= new RunOptions();
        var document = DocumentFormats.Read(path);
        foreach (var note in document.Notes)
        {
            options.Warning?.Invoke(note);
        }

        host.Folder = Path.GetDirectoryName(Path.GetFullPath(path));
        var files = new RunOutputFiles(
            document,
            path,
            outputs,
            host.Product.Kernel,
            options.SaveEvery,
            options.SanitizePages,
            clock
        );
        var result = await RunAsync(document, options, files, cancellation);
        files.Write();
        return result;
    }

    /// <summary>Runs a notebook; the outputs replace those that its cells had.</summary>
    /// <param name="document">The notebook.</param>
    /// <param name="options">Parameters, limits and who is told.</param>
    /// <param name="cancellation">Interrupts the run.</param>
    /// <exception cref="CommandException">A parameter is wrong.</exception>
    public Task<RunResult> RunAsync(
        NotebookDocument document,
        RunOptions? options = null,
        CancellationToken cancellation = default
    ) => RunAsync(document, options ?? new RunOptions(), files: null, cancellation);

    private async Task<RunResult> RunAsync(
        NotebookDocument document,
        RunOptions options,
        RunOutputFiles? files,
        CancellationToken cancellation
    )
    {
        foreach (var sentence in ParameterCell.Inject(document, options.Parameters ?? new NotebookParameters()))
        {
            options.Warning?.Invoke(sentence);
        }

        var start = clock.GetTimestamp();
        var folder = new OutputCollector();
        var code = document.Cells.Where(IsCode).ToList();
        options.Starting?.Invoke(code);
        foreach (var cell in code.Where(each => !IsSkipped(each)))
        {
            (cell.ExecutionCount, cell.Outputs) = (null, []);
            cell.Metadata.Remove(CellTiming.Key);
        }

        files?.Running = code.FirstOrDefault(cell => !IsSkipped(cell));
        files?.Write();

        // The time that the compiler takes to load is no cell's.
        await host.WarmUp;
        (ErrorOutput Error, int Cell)? first = null;
        var (failed, timedOut, cancelled, goesOn) = (0, false, false, true);
        for (var at = 0; at < code.Count && goesOn; at++)
        {
            if (IsSkipped(code[at]))
            {
                Report(at, CellState.Skipped, default);
                continue;
            }

            var language = OtherLanguageCell.LanguageOf(code[at], host);
            if (language is not null && options.OtherLanguages == OtherLanguages.Skip)
            {
                folder.SinkOf(code[at])(OtherLanguageCell.PassedOver(language));
                Keep(at);
                Report(at, CellState.PassedOver, default, language: language);
                continue;
            }

            Report(at, CellState.Started, default);
            var (result, hasEnded) = await RunCellAsync(code[at], language, folder, options, files, cancellation);
            var state =
                result.Succeeded ? CellState.Succeeded
                : MayFail(code[at], result) ? CellState.Raised
                : CellState.Failed;
            if (state == CellState.Failed)
            {
                failed++;
                first ??= (result.Error!, at + 1);
                timedOut |= result.Error!.Name == TimeoutName;
                cancelled = result.Cancelled && cancellation.IsCancellationRequested;
                goesOn = options.AllowErrors && hasEnded && !cancelled;
            }

            Keep(at);
            Report(at, state, result.Elapsed, result.Error);
        }

        folder.Store();
        return new RunResult(document, first?.Error, first?.Cell, clock.GetElapsedTime(start))
        {
            Failed = failed,
            Cancelled = cancelled,
            TimedOut = timedOut,
        };

        // As if the process ended with the next cell.
        void Keep(int ended)
        {
            folder.Store();
            files?.Running = goesOn ? code.Skip(ended + 1).FirstOrDefault(cell => !IsSkipped(cell)) : null;
            files?.WriteAfterCell();
        }

        void Report(int index, CellState state, TimeSpan elapsed, ErrorOutput? error = null, string? language = null) =>
            options.Progress?.Invoke(
                new RunProgress(index + 1, code.Count, code[index].Title, state, elapsed)
                {
                    Cell = code[index],
                    Printed = state is CellState.Succeeded or CellState.Raised or CellState.Failed
                        ? Printed(code[index])
                        : "",
                    Error = error,
                    OtherLanguage = language,
                }
            );
    }

    private static string Printed(NotebookCell cell) =>
        string.Concat(cell.Outputs.Select(OutputJson.Read).OfType<StreamOutput>().Select(output => output.Text));

    /// <summary>Runs a cell.</summary>
    /// <returns>How it ended, and whether it has: one that took too long may run on.</returns>
    private async Task<(CellResult Result, bool HasEnded)> RunCellAsync(
        NotebookCell cell,
        string? otherLanguage,
        OutputCollector folder,
        RunOptions options,
        RunOutputFiles? files,
        CancellationToken cancellation
    )
    {
        var sink = folder.SinkOf(cell);
        var started = clock.GetUtcNow();
        (CellResult, bool) ended;
        if (otherLanguage is null)
        {
            // A cell of #!value begins with that line, for it has the name.
            var selector = cell.Language is CellLanguage.CSharp or CellSplitter.ValueName ? "" : $"#!{cell.Language}\n";
            ended = await ExecuteAsync(selector + cell.Source, sink, options, Save, cancellation);
        }
        else
        {
            var error = OtherLanguageCell.Error(otherLanguage);
            sink(error);
            ended = (new CellResult(error, TimeSpan.Zero), true);
        }

        cell.ExecutionCount = host.ExecutionCount;
        cell.Metadata[CellTiming.Key] = CellTiming.Write(started, clock.GetUtcNow());
        return ended;

        void Save()
        {
            folder.Store();
            files?.Write();
        }
    }

    /// <summary>Runs a cell for as long as it may, and saves now and then what it has shown.</summary>
    private async Task<(CellResult Result, bool HasEnded)> ExecuteAsync(
        string text,
        Action<Output> sink,
        RunOptions options,
        Action save,
        CancellationToken cancellation
    )
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var watch = Stopwatch.StartNew();
        var timeout = options.CellTimeout is { } limit ? Overdue(limit) : null;
        var running = host.ExecuteAsync(text, Emit, limited.Token);
        if (options.CellTimeout is { } time)
        {
            limited.CancelAfter(time);
        }

        var end = options.CellTimeout + options.Grace;
        while (true)
        {
            var rest = end - watch.Elapsed ?? Timeout.InfiniteTimeSpan;
            if (end is not null && rest <= TimeSpan.Zero)
            {
                // Native code that runs on cannot be stopped; the process ends without it.
                sink(timeout!);
                return (new CellResult(timeout, watch.Elapsed), false);
            }

            var wait = end is null || options.SaveEvery < rest ? options.SaveEvery : rest;
            // Not by the exception of a wait that ended: the cell may end just then.
            await ((Task)running)
                .WaitAsync(wait, CancellationToken.None)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!running.IsCompleted)
            {
                save();
                continue;
            }

            var result = await running;
            return (IsOverdue() && result.Cancelled ? new CellResult(timeout, result.Elapsed) : result, true);
        }

        bool IsOverdue() => limited.IsCancellationRequested && !cancellation.IsCancellationRequested;

        void Emit(Output output) =>
            sink(output is ErrorOutput { Name: CellError.Interrupted } && IsOverdue() ? timeout! : output);
    }

    private static ErrorOutput Overdue(TimeSpan limit)
    {
        var sentence =
            $"The cell took longer than {limit.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s and was interrupted.";
        return new ErrorOutput(TimeoutName, sentence, [sentence]);
    }

    private static bool IsNotebook(string path) =>
        Path.GetExtension(path).Equals(".ipynb", StringComparison.OrdinalIgnoreCase);

    private static bool IsCode(NotebookCell cell) => cell.Language is not (CellLanguage.Markdown or CellLanguage.Raw);

    private static bool IsSkipped(NotebookCell cell) => CellTags.Has(cell, CellTags.SkipExecution);

    /// <summary>Whether an error is what the cell is there for. An interrupt, also by the time limit, ends every run.</summary>
    private static bool MayFail(NotebookCell cell, CellResult result) =>
        CellTags.Has(cell, CellTags.RaisesException) && !result.Cancelled && result.Error?.Name != TimeoutName;
}
