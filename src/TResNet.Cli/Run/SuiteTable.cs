using System.Globalization;
using TResNet.Interactive.Tables;

namespace TResNet.Cli;

/// <summary>How several notebooks ended, as tables.</summary>
internal static class SuiteTable
{
    /// <summary>An error in a table where the line has no width of its own.</summary>
    private const int ErrorWidth = 72;

    /// <summary>With less room than this, an error is worth no column.</summary>
    private const int LeastError = 40;

    private static readonly (string Header, CellStatus[] Statuses, bool IsAlways)[] Counts =
    [
        ("Ran", [CellStatus.Ran], true),
        ("Failed", [CellStatus.Failed, CellStatus.Crashed, CellStatus.Interrupted], true),
        ("Skipped", [CellStatus.Skipped], false),
        ("Passed over", [CellStatus.PassedOver], false),
        ("Not run", [CellStatus.NotRun], false),
    ];

    /// <summary>A row for each notebook, for programs: every column, and errors whole.</summary>
    public static Table ForPrograms(IReadOnlyList<NotebookOutcome> outcomes) =>
        new()
        {
            Columns =
            [
                new Column("Notebook"),
                new Column("Status"),
                .. Counts.Select(count => new Column(count.Header, Numeric: true)),
                new Column("Seconds", Numeric: true),
                new Column("First error"),
            ],
            Rows =
            [
                .. outcomes.Select(outcome =>
                    (IReadOnlyList<Cell>)
                        [
                            outcome.File.Name,
                            Word(outcome),
                            .. Counts.Select(count => Number(Sum(outcome, count.Statuses))),
                            Exactly(outcome.Elapsed.TotalSeconds),
                            outcome.FirstError ?? "",
                        ]
                ),
            ],
        };

    /// <summary>A row for each notebook, with those columns that have something to say.</summary>
    /// <param name="outcomes">How they ended.</param>
    /// <param name="width">The letters of a line; null where lines may be of any length.</param>
    /// <returns>The table, and the errors where it has no room for them.</returns>
    public static (Table Table, IReadOnlyList<string> Errors) ForPeople(
        IReadOnlyList<NotebookOutcome> outcomes,
        int? width
    )
    {
        var counts = Counts
            .Where(count => count.IsAlways || outcomes.Any(each => Sum(each, count.Statuses) > 0))
            .ToList();
        var failed = outcomes.Where(outcome => outcome.FirstError is not null).ToList();
        var longest = Math.Max(
            "Notebook".Length,
            outcomes.Select(each => each.File.Name.Length).DefaultIfEmpty().Max()
        );
        var name = width is { } all ? Math.Min(longest, Math.Max(28, all / 3)) : longest;
        // Two spaces before each column but the first, and a margin on both sides.
        var room = width - 2 - name - counts.Sum(count => count.Header.Length + 2) - "100.0 s".Length - 4 ?? ErrorWidth;
        var isBelow = failed.Count > 0 && room < LeastError;
        var hasErrors = failed.Count > 0 && !isBelow;
        var table = new Table
        {
            Columns =
            [
                new Column("Notebook"),
                .. counts.Select(count => new Column(count.Header, Numeric: true)),
                new Column("Time", Numeric: true),
                .. hasErrors ? [new Column("First error")] : Array.Empty<Column>(),
            ],
            Rows =
            [
                .. outcomes.Select(outcome =>
                    (IReadOnlyList<Cell>)
                        [
                            WithEnd(outcome.File.Name, name),
                            .. counts.Select(count => Number(Sum(outcome, count.Statuses))),
                            Seconds(outcome.Elapsed.TotalSeconds),
                            .. hasErrors ? [WithBeginning(outcome.FirstError ?? "", room)] : Array.Empty<Cell>(),
                        ]
                ),
            ],
        };
        return (table, isBelow ? [.. failed.Select(each => $"{each.File.Name}, {each.FirstError}")] : []);
    }

    /// <summary>A text without its beginning where it is too long: the end of a path says more.</summary>
    public static string WithEnd(string text, int width) => text.Length <= width ? text : $"…{text[^(width - 1)..]}";

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
                                Exactly(cell.Seconds),
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

    private static Cell Exactly(double seconds) =>
        new(seconds.ToString("0.###", CultureInfo.InvariantCulture)) { Number = Math.Round(seconds, 3) };

    private static string WithBeginning(string text, int width) =>
        text.Length <= width ? text : $"{text[..(width - 1)]}…";
}
