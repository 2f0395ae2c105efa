using System.Globalization;
using TResNet.Charts;
using TResNet.Interactive.Build;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Published;

/// <summary>Published tables, alone and beside what this machine measured.</summary>
internal static class PaperViews
{
    /// <summary>The list of tables.</summary>
    public static View Of(IReadOnlyList<PaperTable> tables) =>
        new()
        {
            Parts =
            [
                new Table
                {
                    Columns = [new("table"), new("what", Rank: 1), new("rows", true), new("measurable here", true)],
                    Rows =
                    [
                        .. tables.Select(table =>
                            new Cell[]
                            {
                                table.Name,
                                table.Title,
                                ModelViews.Number(table.Rows.Count, $"{table.Rows.Count}"),
                                ModelViews.Number(Measurable(table), $"{Measurable(table)}"),
                            }
                        ),
                    ],
                    Note =
                        "The paper command with a table's name shows it with its source; with --measure it measures the networks of the table on this machine.",
                },
            ],
        };

    /// <summary>A table as published.</summary>
    public static View Of(PaperTable table) =>
        Of(
            new PaperMeasurement
            {
                Table = table,
                Rows = [.. table.Rows.Select(row => new MeasuredRow { Published = row })],
            }
        );

    /// <summary>A table with a column for each mode that was measured here, and a chart that compares the two.</summary>
    public static View Of(PaperMeasurement measurement)
    {
        var table = measurement.Table;
        var parts = new List<object>();
        if (table.Rows.Count > 0)
        {
            parts.Add(Rows(measurement));
        }
        else
        {
            parts.AddRange(Notes(measurement));
        }

        parts.AddRange(Measured(measurement).Select(mode => PaperChart.Relative(measurement, mode)).OfType<Figure>());
        return new View
        {
            Title = table.Name,
            Subtitle = table.Title,
            Parts = parts,
        };
    }

    private static Table Rows(PaperMeasurement measurement)
    {
        var table = measurement.Table;
        var here = Measured(measurement);
        bool IsNumeric(int i) => table.Rows.All(row => row.Values[i] is null or double) && i > 0;
        var decimals = table.Columns.Select((_, i) => table.Rows.Max(row => Decimals(row.Values[i]))).ToArray();
        // The published speeds carry what they were measured on, so that none is taken for this machine's.
        return new Table
        {
            Columns =
            [
                .. table.Columns.Select((name, i) => new Column(name, IsNumeric(i), Rank: i < 2 ? 0 : 1)),
                .. here.Select(mode => new Column($"{DisplayText.Of(mode)} here", true)),
            ],
            Rows =
            [
                .. measurement.Rows.Select(row =>
                    (Cell[])
                        [
                            .. row.Published.Values.Select((value, i) => Cell(value, decimals[i])),
                            .. here.Select(mode => Speed(row.In(mode))),
                        ]
                ),
            ],
            Note = string.Join('\n', Notes(measurement)),
        };
    }

    private static IEnumerable<string> Notes(PaperMeasurement measurement)
    {
        var table = measurement.Table;
        if (measurement.Interrupted)
        {
            yield return "Interrupted: what was measured until then.";
        }

        yield return table is { Hardware: { } hardware, Rows.Count: > 0 }
            ? $"As published: {hardware}. Source: {table.Source}."
            : $"{(table.Rows.Count > 0 ? "As published. " : "")}Source: {table.Source}.";
        foreach (var note in table.Notes)
        {
            yield return note;
        }

        var results = Measured(measurement)
            .SelectMany(mode => measurement.Rows.Select(row => row.In(mode)))
            .OfType<ThroughputResult>()
            .ToArray();
        foreach (var way in results.GroupBy(result => (result.Machine, Way: ProfileViews.WayOf(result))))
        {
            var (from, to) = (way.Min(result => result.Date), way.Max(result => result.Date));
            yield return $"Here, images/s: {way.Key.Machine}; {way.Key.Way}; median of {Rounds(way.Min(result => result.Rounds.Count))}; measured on {(Day(from) == Day(to) ? Day(to) : $"{Day(from)} to {Day(to)}")}.";
        }

        if (results.Length > 0 && table.Columns.Contains(PaperTable.Top1))
        {
            yield return "Accuracies are the published ones: without ImageNet they are not measured here.";
        }

        if (Noise.Of(results.Select(result => (result.Model, result))) is { } noise)
        {
            yield return $"{noise.TrimEnd('.')} with --measure --again.";
        }
    }

    private static ThroughputMode[] Measured(PaperMeasurement measurement) =>
        [
            .. new[] { ThroughputMode.Training, ThroughputMode.Inference }.Where(mode =>
                measurement.Rows.Any(row => row.In(mode) is not null)
            ),
        ];

    private static Cell Cell(object? value, int decimals) =>
        value switch
        {
            double number => ModelViews.Number(number, number.ToString($"N{decimals}", CultureInfo.InvariantCulture)),
            string text => text,
            _ => Tables.Cell.Unknown,
        };

    /// <summary>The digits behind the point that were published.</summary>
    private static int Decimals(object? value) =>
        value is double number
        && number.ToString("0.###", CultureInfo.InvariantCulture) is var text
        && text.IndexOf('.') is > 0 and var point
            ? text.Length - point - 1
            : 0;

    private static Cell Speed(ThroughputResult? result) =>
        result is null
            ? Tables.Cell.Unknown
            : ModelViews.Number(result.Median, DisplayText.Rate(result.Median)) with
            {
                Hint =
                    $"median of {Rounds(result.Rounds.Count)} from {DisplayText.Rate(result.Min)} to {DisplayText.Rate(result.Max)}, {Day(result.Date)}, {result.Version ?? "an unknown version"}",
            };

    private static string Rounds(int count) => count == 1 ? "one round" : $"{count} rounds";

    private static int Measurable(PaperTable table) =>
        table.Modes.Count == 0 ? 0 : table.Rows.Count(row => row.Network is not null);

    private static string Day(DateTimeOffset date) =>
        date.ToLocalTime().ToString("d MMMM yyyy", CultureInfo.InvariantCulture);
}
