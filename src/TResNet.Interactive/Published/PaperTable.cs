using TResNet.Interactive.Profile;
using TResNet.Profiling.Options;

namespace TResNet.Interactive.Published;

/// <summary>A table of published figures.</summary>
public sealed record PaperTable
{
    /// <summary>Accuracy on ImageNet-1k in percent.</summary>
    public const string Top1 = "top-1 (%)";

    /// <summary>The side of the images in pixels.</summary>
    internal const string Input = "input (pixels)";

    /// <summary>What <see cref="Paper.Table"/> finds it by.</summary>
    public required string Name { get; init; }

    /// <summary>What it is about.</summary>
    public required string Title { get; init; }

    /// <summary>Where its figures were read.</summary>
    public required string Source { get; init; }

    /// <summary>What its speeds were measured on; null where it has none.</summary>
    public string? Hardware { get; init; }

    /// <summary>What has to be known with it; sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The columns with their units; the first names the rows.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The rows, as published.</summary>
    public required IReadOnlyList<PaperRow> Rows { get; init; }

    /// <summary>A published number; null where none was published.</summary>
    /// <param name="row">The row's name: the first of that name.</param>
    /// <param name="column">One of <see cref="Columns"/>.</param>
    /// <exception cref="TResNetException">There is no such row or column; the message lists them.</exception>
    public double? this[string row, string column] =>
        (
            Rows.FirstOrDefault(each => each.Name == row)
            ?? throw new TResNetException(
                $"{Name} has no row '{row}': its rows are {string.Join(", ", Rows.Select(each => each.Name))}."
            )
        )[column];

    /// <summary>The column of speeds in a mode.</summary>
    internal static string SpeedColumn(ThroughputMode mode) =>
        mode == ThroughputMode.Training ? "training images/s" : "inference images/s";

    /// <summary>How closely the published time of an image follows a published count: Pearson's r of the logarithms, -1 to 1.</summary>
    /// <param name="cost">What is counted.</param>
    /// <exception cref="TResNetException">The table has no inference speeds, or not that count.</exception>
    public double Correlation(ModelCost cost)
    {
        var timed = PaperChart.Timed(this, cost);
        return CorrelationChart.Correlation(
            [.. timed.Select(network => network.Cost)],
            [.. timed.Select(network => network.Seconds)]
        );
    }

    /// <summary>The modes in which speeds were published.</summary>
    internal IReadOnlyList<ThroughputMode> Modes =>
        [
            .. new[] { ThroughputMode.Training, ThroughputMode.Inference }.Where(mode =>
                Columns.Contains(SpeedColumn(mode))
            ),
        ];
}

/// <summary>A row of a <see cref="PaperTable"/>.</summary>
public sealed record PaperRow
{
    private readonly IReadOnlyList<string> columns;

    internal PaperRow(IReadOnlyList<string> columns, IReadOnlyList<object?> values) =>
        (this.columns, Values) = (columns, values);

    /// <summary>What is in its first column.</summary>
    public string Name => (string)Values[0]!;

    /// <summary>The network among <see cref="Models.List"/>; null where it is none of them.</summary>
    public string? Network { get; init; }

    /// <summary>The side of the images that its speed is for, in pixels; null where <see cref="Network"/> is.</summary>
    public int? InputSize { get; init; }

    /// <summary>The published number in a column; null where none was published.</summary>
    /// <param name="column">One of the table's columns.</param>
    /// <exception cref="TResNetException">There is no such column; the message lists them.</exception>
    public double? this[string column] =>
        Enumerable.Range(0, columns.Count).FirstOrDefault(i => columns[i] == column, -1) is >= 0 and var at
            ? Values[at] as double?
            : throw new TResNetException(
                $"There is no column '{column}': the columns are {string.Join(", ", columns)}."
            );

    /// <summary>What stands in each column: a number, a text, or null.</summary>
    internal IReadOnlyList<object?> Values { get; }

    /// <summary>The row's name.</summary>
    public override string ToString() => Name;
}
