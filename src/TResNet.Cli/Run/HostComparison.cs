using System.Globalization;
using System.Text.RegularExpressions;
using Notebook;
using Notebook.Documents;
using TResNet.Interactive.Tables;

namespace TResNet.Cli;

/// <summary>Runs the cells of notebooks in .NET Interactive too, and finds where the two differ.</summary>
/// <param name="program">The tool.</param>
/// <param name="limit">How long a cell may take there.</param>
internal sealed partial class HostComparison(string program, TimeSpan limit)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<(CellOutcome Here, HostCell There)>> compared = [];

    /// <summary>Starts the tool and ends it.</summary>
    /// <exception cref="CommandException">It does not start, or is another program.</exception>
    public async Task TryAsync(CancellationToken cancel)
    {
        using var host = await DotNetInteractive.StartAsync(program, Directory.GetCurrentDirectory(), cancel);
    }

    /// <summary>Runs a notebook's cells there, as they were run here: with its parameters, on after errors, and without those whose tag says so.</summary>
    public async Task RunAsync(NotebookOutcome here, CancellationToken cancel)
    {
        var pairs = new List<(CellOutcome, HostCell)>();
        lock (gate)
        {
            compared[here.File.Name] = pairs;
        }

        if (cancel.IsCancellationRequested || here.Cells.Count == 0)
        {
            return;
        }

        string? ended = null;
        try
        {
            using var host = await DotNetInteractive.StartAsync(
                program,
                Path.GetDirectoryName(here.File.Path)!,
                cancel
            );
            foreach (var cell in here.Cells)
            {
                if (cell.Status == CellStatus.Skipped)
                {
                    continue;
                }

                var there = new HostCell(CellStatus.NotRun, "", ended);
                if (ended is null)
                {
                    try
                    {
                        there = await host.RunAsync(cell.Source, cell.Language, limit, cancel);
                        if (cell.Raised && there.Status == CellStatus.Failed)
                        {
                            there = there with { Status = CellStatus.Ran, Error = null };
                        }
                    }
                    catch (TimeoutException)
                    {
                        ended =
                            $"cell {cell.Number} took longer than {limit.TotalSeconds:0.###} s there, and the tool was ended";
                        there = new HostCell(CellStatus.Failed, "", ended);
                        host.Dispose();
                    }
                    catch (IOException)
                    {
                        ended = $"the tool ended in cell {cell.Number}";
                        there = new HostCell(CellStatus.Crashed, "", ended);
                    }
                }

                pairs.Add((cell, there));
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested) { }
        catch (CommandException failed)
        {
            pairs.AddRange(here.Cells.Select(cell => (cell, new HostCell(CellStatus.NotRun, "", failed.Message))));
        }
    }

    /// <summary>A row for each cell that differs.</summary>
    /// <param name="isForPrograms">Whether texts are whole, on both sides.</param>
    public Table ToTable(bool isForPrograms)
    {
        var different = All().Where(each => !IsAlike(each.Here, each.There));
        return new Table
        {
            Title = "Differences",
            Columns =
            [
                new Column("Notebook"),
                new Column("Cell", Numeric: true),
                new Column("Here"),
                new Column("There"),
                .. isForPrograms
                    ? [new Column("Text here"), new Column("Text there")]
                    : new[] { new Column("Difference") },
            ],
            Rows =
            [
                .. different.Select(each =>
                    (IReadOnlyList<Cell>)
                        [
                            each.Notebook,
                            new Cell(each.Here.Number.ToString(CultureInfo.InvariantCulture))
                            {
                                Number = each.Here.Number,
                            },
                            SuiteTable.Word(each.Here.Status),
                            SuiteTable.Word(each.There.Status),
                            .. isForPrograms
                                ?
                                [
                                    Whole(each.Here.Text, each.Here.Error?.Value),
                                    Whole(each.There.Text, each.There.Error),
                                ]
                                : new[] { new Cell(Difference(each.Here, each.There)) },
                        ]
                ),
            ],
        };
    }

    /// <summary>How many cells differ.</summary>
    public int Count => All().Count(each => !IsAlike(each.Here, each.There));

    /// <summary>All in one sentence.</summary>
    public string Sum()
    {
        var all = All().ToList();
        var status = all.Count(each => each.Here.Status != each.There.Status);
        var (here, there) = (
            all.Count(each => each.Here.Status == CellStatus.Ran),
            all.Count(each => each.There.Status == CellStatus.Ran)
        );
        return $"Against {Path.GetFileName(program)}: of {all.Count} cells {here} ran here and {there} there; {Count} of {all.Count} cells {(Count == 1 ? "differs" : "differ")}, {status} by how it ended and {Count - status} by text.";
    }

    private IEnumerable<(string Notebook, CellOutcome Here, HostCell There)> All()
    {
        lock (gate)
        {
            return
            [
                .. compared
                    .OrderBy(each => each.Key, StringComparer.Ordinal)
                    .SelectMany(each => each.Value.Select(pair => (each.Key, pair.Here, pair.There))),
            ];
        }
    }

    // Of HTML, JavaScript and diagrams the one host gives the source as text, the other nothing.
    private static bool IsAlike(CellOutcome here, HostCell there) =>
        here.Status == there.Status
        && (here.Language != CellLanguage.CSharp || Lines(here.Text).SequenceEqual(Lines(there.Text)));

    private static string Difference(CellOutcome here, HostCell there)
    {
        if (here.Status != there.Status)
        {
            var (side, error) =
                here.Error is { } own ? ("here", own.Value)
                : there.Error is { } other ? ("there", other)
                : ("here", here.Reason ?? "");
            return error.Length == 0 ? "" : $"{side}: {Lines(error).FirstOrDefault()}";
        }

        var (ours, theirs) = (Lines(here.Text), Lines(there.Text));
        var at = Enumerable
            .Range(0, Math.Max(ours.Length, theirs.Length))
            .First(i => ours.ElementAtOrDefault(i) != theirs.ElementAtOrDefault(i));
        return $"line {at + 1}: {Quoted(ours.ElementAtOrDefault(at))} here, {Quoted(theirs.ElementAtOrDefault(at))} there";
    }

    private static string Whole(string text, string? error) => error is null ? text : $"{text}{error}";

    private static string Quoted(string? line)
    {
        const int most = 40;
        return line is null ? "nothing" : $"'{(line.Length > most ? $"{line[..(most - 1)]}…" : line)}'";
    }

    /// <summary>
    /// The lines of a text without what says nothing of a cell: spaces at their ends, colours, times, random and numbered names, and each host's
    /// own words on a package.
    /// </summary>
    private static string[] Lines(string text)
    {
        var plain = OutputText.WithoutEscapes(text).ReplaceLineEndings("\n").Trim('\n', ' ', '\t');
        plain = RandomName().Replace(WallTime().Replace(plain, "Wall time"), "id");
        plain = Submission().Replace(AnonymousType().Replace(plain, "AnonymousType"), "Submission");
        plain = Packages().Replace(plain, "").Trim('\n');
        return [.. plain.Split('\n').Select(line => line.TrimEnd())];
    }

    [GeneratedRegex(@"Wall time: [^\n]*")]
    private static partial Regex WallTime();

    [GeneratedRegex(
        @"^(?:Referenced .+\.|Restoring .+…|.+ is part of this program.*|Installed Packages(?:\n - .*)+|Loading extensions? from .*)(?:\n|$)",
        RegexOptions.Multiline
    )]
    private static partial Regex Packages();

    [GeneratedRegex(@"Submission#\d+")]
    private static partial Regex Submission();

    [GeneratedRegex(@"<>f__AnonymousType\d+(?:#\d+)?")]
    private static partial Regex AnonymousType();

    [GeneratedRegex(@"\b(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\b")]
    private static partial Regex RandomName();
}
