using TResNet.Charts;
using TResNet.Interactive.Profile;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Options;

namespace TResNet.Interactive.Published;

/// <summary>Draws published speeds beside measured ones, and accuracy over either.</summary>
internal static class PaperChart
{
    // Of more rows, bars are too thin to compare.
    private const int MostRows = 12;

    /// <summary>
    /// How many times as fast each network is as the first, as published and here; null where fewer than two were measured. Ratios, since the machines
    /// themselves are a hundred times apart.
    /// </summary>
    public static Figure? Relative(PaperMeasurement measurement, ThroughputMode mode)
    {
        var column = PaperTable.SpeedColumn(mode);
        MeasuredRow[] rows =
        [
            .. measurement
                .Rows.Where(row => row.In(mode) is not null && row.Published[column] is > 0)
                .DistinctBy(row => row.Published.Name)
                .Take(MostRows),
        ];
        if (rows.Length < 2)
        {
            return null;
        }

        var (first, hardware) = (rows[0], measurement.Table.Hardware?.Split(',')[0] ?? "published");
        var here = MachineNames.Short(first.In(mode)!.Machine);
        return PlainCharts.Bars(
            $"{(mode == ThroughputMode.Training ? "Training" : "Inference")} speed beside {first.Published.Name}'s: published, and here",
            $"times as many images/s as {first.Published.Name}",
            $"published: {hardware}; here: {here}, batches of {first.In(mode)!.BatchSize}, {first.In(mode)!.DataType.ToLowerInvariant()}",
            [.. rows.Select(row => row.Published.Name)],
            [
                (hardware, [.. rows.Select(row => row.Published[column]!.Value / first.Published[column]!.Value)]),
                (here, [.. rows.Select(row => row.In(mode)!.Median / first.In(mode)!.Median)]),
            ]
        );
    }

    /// <summary>Published accuracy over published speed.</summary>
    public static Figure Accuracy(PaperTable table, ThroughputMode mode)
    {
        var column = PaperTable.SpeedColumn(mode);
        return Draw(
            $"Accuracy over {DisplayText.Of(mode)} speed, as published",
            $"{table.Hardware}; upper right is better",
            $"images/s on {table.Hardware?.Split(',')[0]}",
            [
                .. table
                    .Rows.Where(row => row[column] is not null && row[PaperTable.Top1] is not null)
                    .Select(row => (row.Name, row[column]!.Value, row[PaperTable.Top1]!.Value)),
            ]
        );
    }

    /// <summary>Published accuracy over the speed that was measured here.</summary>
    /// <exception cref="TResNetException">Nothing was measured in the mode.</exception>
    public static Figure Accuracy(PaperMeasurement measurement, ThroughputMode mode)
    {
        MeasuredRow[] rows =
        [
            .. measurement.Rows.Where(row => row.In(mode) is not null && row.Published[PaperTable.Top1] is not null),
        ];
        if (rows.Length == 0)
        {
            throw new TResNetException(
                $"No {DisplayText.Of(mode)} speed of {measurement.Table.Name} was measured here: the paper command measures it with {measurement.Table.Name} --measure."
            );
        }

        var first = rows[0].In(mode)!;
        return Draw(
            $"Published accuracy over {DisplayText.Of(mode)} speed here",
            $"{MachineNames.Short(first.Machine)}, batches of {first.BatchSize}, {first.DataType.ToLowerInvariant()}; upper right is better",
            "images/s here",
            [.. rows.Select(row => (row.Published.Name, row.In(mode)!.Median, row.Published[PaperTable.Top1]!.Value))]
        );
    }

    /// <summary>Published time of an image over a published count, with their correlation.</summary>
    public static Figure AgainstTime(PaperTable table, ModelCost cost) =>
        CorrelationChart.Draw(
            cost == ModelCost.MultiplyAdds ? "Multiply-adds" : "Activations",
            cost == ModelCost.MultiplyAdds ? "multiply-adds" : "activations",
            $"inference as published, {table.Hardware}",
            Timed(table, cost)
        );

    /// <summary>The rows with a published inference speed and count.</summary>
    /// <exception cref="TResNetException">The table lacks one of the columns.</exception>
    public static TimedNetwork[] Timed(PaperTable table, ModelCost cost)
    {
        var (column, unit) = cost == ModelCost.MultiplyAdds ? ("GMACs", 1e9) : ("million activations", 1e6);
        var speed = PaperTable.SpeedColumn(ThroughputMode.Inference);
        return
        [
            .. table
                .Rows.Where(row => row[column] is > 0 && row[speed] is > 0)
                .Select(row => new TimedNetwork(
                    row.Name.Split('@')[0],
                    row[column]!.Value * unit,
                    1 / row[speed]!.Value
                )),
        ];
    }

    private static Figure Draw(
        string title,
        string subtitle,
        string axis,
        IReadOnlyList<(string Name, double Speed, double Top1)> points
    ) =>
        PlainCharts.Points(
            title,
            axis,
            "ImageNet top-1 (%)",
            subtitle,
            log: false,
            [.. points.Select(point => (point.Name, point.Speed, point.Top1, (string?)Family(point.Name)))]
        );

    private static string Family(string name) =>
        name.StartsWith("TResNet", StringComparison.OrdinalIgnoreCase) ? "TResNet"
        : name.StartsWith("EfficientNet", StringComparison.OrdinalIgnoreCase) ? "EfficientNet"
        : "others";
}
