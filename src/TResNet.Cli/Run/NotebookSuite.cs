using System.Globalization;
using TResNet.Interactive.Tables;

namespace TResNet.Cli;

/// <summary>Runs several notebooks, each in a process of its own, and says how far that has come.</summary>
/// <param name="files">The notebooks.</param>
/// <param name="settings">How each is run.</param>
/// <param name="jobs">How many at a time.</param>
/// <param name="terminal">Where progress is printed; null for nowhere.</param>
/// <param name="errors">Where sentences about what looks like a mistake go.</param>
internal sealed class NotebookSuite(
    IReadOnlyList<NotebookFile> files,
    ProcessSettings settings,
    int jobs,
    Terminal? terminal,
    TextWriter errors
)
{
    private readonly Lock gate = new();
    private readonly NotebookOutcome?[] outcomes = new NotebookOutcome?[files.Count];

    /// <summary>Runs them. Where that is cancelled, those that had not begun are left out.</summary>
    /// <param name="then">Done with each after its run, such as the same in another host.</param>
    /// <param name="cancel">Stops those that run.</param>
    public async Task<IReadOnlyList<NotebookOutcome>> RunAsync(
        Func<NotebookOutcome, CancellationToken, Task>? then,
        CancellationToken cancel
    )
    {
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(jobs, files.Count)).Select(_ => Task.Run(WorkAsync)));
        return [.. outcomes.OfType<NotebookOutcome>()];

        async Task WorkAsync()
        {
            while (!cancel.IsCancellationRequested && Interlocked.Increment(ref next) is var at && at < files.Count)
            {
                var process = new NotebookProcess(files[at], settings)
                {
                    Started = (cell, count) => Show(files[at], cell, count),
                    Warning = sentence => errors.WriteLine($"tresnet: {files[at].Name}: {sentence}"),
                };
                var outcome = await process.RunAsync(cancel);
                if (then is not null)
                {
                    await then(outcome, cancel);
                }

                Keep(at, outcome);
            }
        }
    }

    private void Show(NotebookFile file, CellOutcome cell, int count)
    {
        lock (gate)
        {
            if (terminal is { IsLive: true })
            {
                var ended = outcomes.Count(outcome => outcome is not null);
                terminal.Write(
                    new ProgressLine($"{file.Name}, cell {cell.Number} of {count}", ended / (double)files.Count)
                );
            }
        }
    }

    private void Keep(int at, NotebookOutcome outcome)
    {
        lock (gate)
        {
            outcomes[at] = outcome;
            var ended = outcomes.Count(each => each is not null);
            var width = Math.Min(56, files.Max(file => file.Name.Length));
            terminal?.WriteLine(
                $"[{ended.ToString(CultureInfo.InvariantCulture).PadLeft($"{files.Count}".Length)}/{files.Count}] {SuiteTable.WithEnd(outcome.File.Name, width).PadRight(width)} {SuiteTable.Seconds(outcome.Elapsed.TotalSeconds), 8}  {Ended(outcome)}".TrimEnd()
            );
        }
    }

    private static string Ended(NotebookOutcome outcome) =>
        outcome.Count(CellStatus.Crashed) > 0 ? "crashed"
        : outcome.Count(CellStatus.Interrupted) > 0 ? "interrupted"
        : outcome.Problem is not null ? "did not run"
        : outcome.Count(CellStatus.Failed) is > 0 and var failed ? $"{failed} failed"
        : "";
}
