using System.Globalization;
using TResNet.Interactive.Tables;

namespace TResNet.Cli;

/// <summary>How several notebooks ended, as tables.</summary>
internal static class SuiteTable
{
    /// <summary>An error in a table where the line has no width of its own.</summary>
    private const int ErrorWidth = 72;

    private static readonly (string Header, CellStatus[] Statuses, bool IsAlways)[] Counts =
    [
        ("Ran", [CellStatus.Ran], true),
        ("Failed", [CellStatus.Failed, CellStatus.Crashed, CellStatus.Interrupted], true),
        ("Skipped", [CellStatus.Skipped], false),
        ("Passed over", [CellStatus.PassedOver], false),
        ("Not run", [CellStatus.NotRun], false),
    ];

    /// <summary>A row for each notebook.</summary>
    /// <param name="outcomes">How they ended.</param>
    /// <param name="isForPrograms">Whether every column is there, and errors are whole; else only those columns that have something to say.</param>
    public static Table Of(IReadOnlyList<NotebookOutcome> outcomes, bool isForPrograms)
    {
        var counts = Counts
            .Where(count => isForPrograms || count.IsAlways || outcomes.Any(each => Sum(each, count.Statuses) > 0))
            .ToList();
        var hasErrors = isForPrograms || outcomes.Any(outcome => outcome.FirstError is not null);
        var rows = outcomes.Select(outcome =>
        {
            Cell[] row =
            [
                outcome.File.Name,
                .. isForPrograms ? [Word(outcome)] : Array.Empty<Cell>(),
                .. counts.Select(count => Number(Sum(outcome, count.Statuses))),
                Time(outcome.Elapsed.TotalSeconds, isForPrograms),
                .. hasErrors ? [Error(outcome.FirstError, isForPrograms)] : Array.Empty<Cell>(),
            ];
            return (IReadOnlyList<Cell>)row;
        });
        return new Table
        {
            Columns =
            [
                new Column("Notebook"),
                .. isForPrograms ? [new Column("Status")] : Array.Empty<Column>(),
                .. counts.Select(count => new Column(count.Header, Numeric: true)),
                new Column(isForPrograms ? "Seconds" : "Time", Numeric: true),
                .. hasErrors ? [new Column("First error")] : Array.Empty<Column>(),
            ],
            Rows = [.. rows],
        };
    }

    /// <summary>A row for each cell, for programs.</summary>
    public static Table OfCells(IReadOnlyList<NotebookOutcome> outcomes) =>
        new()
        {
            Title = "Cells",
            Columns =
            [
                new Column("Notebook"),
                new Column("Cell", Numeric: true),
                new Column("Title"),
                new Column("Language"),
                new Column("Status"),
                new Column("Seconds", Numeric: true),
                new Column("Error"),
                new Column("Message"),
                new Column("Trace"),
            ],
            Rows =
            [
                .. outcomes.SelectMany(outcome =>
                    outcome.Cells.Select(cell =>
                        (IReadOnlyList<Cell>)
                            [
                                outcome.File.Name,
                                Number(cell.Number),
                                cell.Title,
                                cell.Language,
                                Word(cell.Status),
                                Time(cell.Seconds, isForPrograms: true),
                                cell.Error?.Name ?? "",
                                cell.Error?.Value ?? cell.Reason ?? "",
                                cell.Error is { } error ? string.Join('\n', error.Traceback) : "",
                            ]
                    )
                ),
            ],
        };

    /// <summary>All in one sentence.</summary>
    public static string Sum(IReadOnlyList<NotebookOutcome> outcomes, int asked, TimeSpan elapsed)
    {
        var failed = outcomes.Count(outcome => !outcome.Succeeded);
        var text =
            $"{Several(asked, "notebook")}: {outcomes.Count - failed} ran to {(outcomes.Count - failed == 1 ? "its" : "their")} end, {failed} did not";
        if (asked > outcomes.Count)
        {
            text += $", {asked - outcomes.Count} had not begun";
        }

        var cells = Counts
            .Select(count => (Number: outcomes.Sum(outcome => Sum(outcome, count.Statuses)), count.Header))
            .Where(count => count.Number > 0)
            .Select(count => $"{count.Number} {count.Header.ToLowerInvariant()}");
        return string.Join("; cells: ", new[] { text, string.Join(", ", cells) }.Where(part => part.Length > 0))
            + $". {Seconds(elapsed.TotalSeconds)}.";
    }

    /// <summary>How a cell ended, in the word that reports have for it.</summary>
    public static string Word(CellStatus status) =>
        status switch
        {
            CellStatus.NotRun or CellStatus.Started => "not run",
            CellStatus.Ran => "ran",
            CellStatus.Failed => "failed",
            CellStatus.Crashed => "crashed",
            CellStatus.Interrupted => "interrupted",
            CellStatus.Skipped => "skipped",
            _ => "passed over",
        };

    public static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";

    private static string Several(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private static int Sum(NotebookOutcome outcome, CellStatus[] statuses) =>
        outcome.Cells.Count(cell => statuses.Contains(cell.Status));

    private static string Word(NotebookOutcome outcome) =>
        outcome.Succeeded ? "ran"
        : outcome.Count(CellStatus.Crashed) > 0 ? "crashed"
        : outcome.Count(CellStatus.Interrupted) > 0 ? "interrupted"
        : outcome.Count(CellStatus.Failed) > 0 ? "failed"
        : "not run";

    private static Cell Number(int number) => new(number.ToString(CultureInfo.InvariantCulture)) { Number = number };

    private static Cell Time(double seconds, bool isForPrograms) =>
        new(isForPrograms ? seconds.ToString("0.###", CultureInfo.InvariantCulture) : Seconds(seconds))
        {
            Number = Math.Round(seconds, 3),
        };

    private static Cell Error(string? error, bool isForPrograms) =>
        error is null || isForPrograms || error.Length <= ErrorWidth ? error ?? "" : $"{error[..(ErrorWidth - 1)]}…";
}
