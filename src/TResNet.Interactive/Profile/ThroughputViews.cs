using System.Globalization;
using TResNet.Charts;
using TResNet.Charts.Svg;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>Throughput over the batch size as curves and as a table.</summary>
internal static class ThroughputViews
{
    private const int MostCompared = 4;

    /// <summary>The chart, where there are points, and the table.</summary>
    public static View Of(ThroughputCurves curves) =>
        new()
        {
            Parts = curves.Curves.Any(curve => curve.Results.Count > 0)
                ? [Chart(curves.Curves), Table(curves)]
                : [Table(curves)],
        };

    /// <summary>A colour for each network; of several machines, dashes tell which. The largest mark of a curve is its best batch.</summary>
    public static Figure Chart(IReadOnlyList<ThroughputCurve> all)
    {
        var curves = all.Where(curve => curve.Results.Count > 0).ToArray();
        string[] models = [.. curves.Select(curve => curve.Model).Distinct()];
        var placeOf = Places(curves);
        string[] places = [.. curves.Select(placeOf).Distinct()];
        var sizes = curves.SelectMany(curve => curve.Results).Select(result => result.BatchSize).Distinct().Order();
        var first = curves[0].Results[0];
        string[] names =
        [
            .. curves.Select(curve =>
                ModelNames.Short(curve.Model, models) + (places.Length == 1 ? "" : $", {placeOf(curve)}")
            ),
        ];
        var legend = 20 * Header.LegendRows(names);
        return new Figure
        {
            Data =
            [
                .. curves.Select(
                    (curve, i) =>
                        new Scatter
                        {
                            Name = names[i],
                            Mode = ScatterMode.LinesMarkers,
                            X = curve.Results.Select(result => (double)result.BatchSize).ToArray(),
                            Y = curve.Results.Select(result => result.Median).ToArray(),
                            ErrorY = new ErrorBars
                            {
                                Array = [.. curve.Results.Select(result => result.Max - result.Median)],
                                ArrayMinus = [.. curve.Results.Select(result => result.Median - result.Min)],
                                Color = Palette.Series[Array.IndexOf(models, curve.Model) % Palette.Series.Count],
                            },
                            Line = new Line
                            {
                                Color = Palette.Series[Array.IndexOf(models, curve.Model) % Palette.Series.Count],
                                Dash = (Array.IndexOf(places, placeOf(curve)) % 3) switch
                                {
                                    1 => Dash.Dash,
                                    2 => Dash.Dot,
                                    _ => null,
                                },
                            },
                            Marker = new Marker
                            {
                                Color = Palette.Series[Array.IndexOf(models, curve.Model) % Palette.Series.Count],
                                Size = curve.Results.Select(result => result == curve.Best ? 13.0 : 7.0).ToArray(),
                                Opacity = 1,
                            },
                            ClipOnAxis = false,
                            HoverText = [.. curve.Results.Select(Hint)],
                            HoverTemplate = "batch of %{x}: %{hovertext}",
                        }
                ),
            ],
            Layout = new Layout
            {
                Title = Title.Headline(
                    "Throughput over the batch size",
                    $"{DisplayText.Of(first.Mode)}, {Size(first)} pixels, {first.DataType.ToLowerInvariant()} · median, line from slowest to fastest round; large: best"
                ),
                XAxis = new Axis
                {
                    Title = "images in a batch",
                    Type = AxisType.Log,
                    TickVals = [.. sizes.Select(size => (double)size)],
                },
                YAxis = new Axis { Title = "images/s", RangeMode = "tozero" },
                Height = 380 + legend,
                ShowLegend = true,
                Legend = new Legend { ItemSizing = "constant" },
                Margin = new Margin { L = 64, T = 76 + legend },
            },
        };
    }

    /// <summary>A row for each curve, a column for each batch size; the best of a row is marked.</summary>
    public static Table Table(ThroughputCurves curves)
    {
        var all = curves.Curves;
        int[] sizes = [.. all.SelectMany(c => c.Results).Select(result => result.BatchSize).Distinct().Order()];
        var placeOf = Places(all);
        var several = all.Select(placeOf).Distinct().Count() > 1;
        int[] telling =
        [
            .. sizes.Take(1),
            .. sizes.TakeLast(1),
            .. all.Select(curve => curve.Best).OfType<ThroughputResult>().Select(best => best.BatchSize),
        ];
        return new Table
        {
            Columns =
            [
                new("model"),
                .. several ? (Column[])[new("machine")] : [],
                .. sizes.Select(size => new Column($"{size}", true, Rank: telling.Contains(size) ? 1 : 2)),
                new("best batch", true),
                new("images/s", true),
                new("range", true),
            ],
            Rows = [.. all.Select(curve => Row(curve, all[0], sizes, several ? placeOf(curve) : null))],
            Note = string.Join('\n', Notes(curves)),
        };
    }

    private static Cell[] Row(ThroughputCurve curve, ThroughputCurve first, int[] sizes, string? place) =>
        [
            curve.Model,
            .. place is null ? (Cell[])[] : [place],
            .. sizes.Select(size =>
                curve.Results.FirstOrDefault(result => result.BatchSize == size) is { } result
                    ? ModelViews.Number(result.Median, DisplayText.Rate(result.Median)) with
                    {
                        Hint = Hint(result) + OfFirst(result, first),
                    }
                    : Cell.Unknown
            ),
            curve.Best is { } best ? ModelViews.Number(best.BatchSize, $"{best.BatchSize}") : Cell.Unknown,
            curve.Best is { } top
                ? ModelViews.Number(top.Median, DisplayText.Rate(top.Median)) with
                {
                    Hint = Hint(top),
                }
                : Cell.Unknown,
            curve.Best is { } spread ? DisplayText.Range(spread) : Cell.Unknown,
        ];

    private static IEnumerable<string> Notes(ThroughputCurves curves)
    {
        if (curves.Interrupted)
        {
            yield return "Interrupted: what was measured until then.";
        }

        foreach (var curve in curves.Curves.Where(curve => curve.Ended is not null))
        {
            yield return $"{curve.Model} ends there: {curve.Ended}.";
        }

        yield return "Images/s by images in a batch, median of the rounds; range: the best batch's slowest and fastest round.";
        foreach (var way in curves.Curves.Where(curve => curve.Results.Count > 0).GroupBy(WayOf))
        {
            yield return $"On {way.Key}.";
        }

        foreach (var sentence in Comparisons(curves.Curves))
        {
            yield return sentence;
        }

        var here = curves.Curves.Where(curve => curve.Machine == curves.Curves[0].Machine);
        if (Noise.Of(here.SelectMany(NamedResults)) is { } noise)
        {
            yield return $"{noise.TrimEnd('.')} with --again.";
        }

        var remembered = curves
            .Curves.Where(curve => curve.Machine == curves.Curves[0].Machine)
            .SelectMany(curve => curve.Remembered)
            .ToArray();
        if (remembered.Length > 0)
        {
            var all = curves.Curves.Where(curve => curve.Machine == curves.Curves[0].Machine).Sum(c => c.Results.Count);
            var what = remembered.Length == all ? "Measured" : $"{remembered.Length} of {all} rates were measured";
            var (from, to) = (remembered.Min(r => r.Date), remembered.Max(r => r.Date));
            var when = Day(from) == Day(to) ? Day(to) : $"{Day(from)} to {Day(to)}";
            yield return $"{what} on this machine on {when} at {remembered[0].Version}; --again measures anew.";
        }

        var placeOf = Places(curves.Curves);
        foreach (
            var other in curves
                .Curves.Where(curve => curve.Machine != curves.Curves[0].Machine)
                .GroupBy(curve => (Place: placeOf(curve), curve.Results[^1].Version))
        )
        {
            var last = other.Max(curve => curve.Results.Max(result => result.Date));
            yield return $"{DisplayText.List([.. other.Select(curve => curve.Model).Distinct()])} on {other.Key.Place}: read from a file, measured until {Day(last)} at {other.Key.Version ?? "an unknown version"}.";
        }
    }

    /// <summary>Each curve beside the first, at the batch size that is the first's best of those that they were timed at in turns.</summary>
    private static IEnumerable<string> Comparisons(IReadOnlyList<ThroughputCurve> curves)
    {
        var first = curves[0];
        var pairs = curves
            .Skip(1)
            .Select(curve =>
                first
                    .Results.OrderByDescending(result => result.Median)
                    .Select(result => (Curve: curve, Result: result, Ratio: Pair(curve, result)))
                    .FirstOrDefault(pair => pair.Ratio is not null)
            )
            .Where(pair => pair.Ratio is not null)
            .Take(MostCompared + 1)
            .ToArray();
        foreach (var (curve, result, ratio) in pairs.Take(MostCompared))
        {
            yield return RatioText.Sentence(curve.Model, first.Model, $"in batches of {result.BatchSize}", ratio!);
        }

        if (pairs.Length > 0)
        {
            yield return $"At each batch size networks were timed in turns; ratios are medians over the turns, with their 95 % intervals{(pairs.Length > MostCompared ? "; those of the other networks show when a rate is pointed at" : "")}.";
        }
    }

    private static PairedRatio? Pair(ThroughputCurve curve, ThroughputResult first) =>
        curve.Results.FirstOrDefault(result => result.BatchSize == first.BatchSize) is { } own
            ? PairedRatio.Of(own, first)
            : null;

    private static string OfFirst(ThroughputResult result, ThroughputCurve first) =>
        first.Results.FirstOrDefault(each => each.BatchSize == result.BatchSize) is { } other
        && other != result
        && PairedRatio.Of(result, other) is { } ratio
            ? $", {RatioText.Cell(ratio).Hint} of {first.Model}"
            : "";

    private static string Day(DateTimeOffset date) =>
        date.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string WayOf(ThroughputCurve curve)
    {
        var result = curve.Results[0];
        return $"{curve.Machine}; {result.Device}, {result.Threads} threads, {result.DataType.ToLowerInvariant()}, {result.MemoryFormat}, {result.Library}";
    }

    private static IEnumerable<(string Name, ThroughputResult Result)> NamedResults(ThroughputCurve curve) =>
        curve.Results.Select(result => ($"{curve.Model} in batches of {result.BatchSize}", result));

    /// <summary>Says where a curve was measured, in few letters that tell the machines of all curves apart.</summary>
    private static Func<ThroughputCurve, string> Places(IEnumerable<ThroughputCurve> curves)
    {
        var machines = curves.Select(curve => curve.Machine).ToHashSet();
        return curve =>
        {
            var name = MachineNames.Short(curve.Machine, machines);
            return curve.Results is [{ Device: not "cpu" and var device }, ..] ? $"{name} ({device})" : name;
        };
    }

    private static string Size(ThroughputResult result) => $"{result.InputShape[^2]} × {result.InputShape[^1]}";

    private static string Hint(ThroughputResult result) =>
        $"{DisplayText.Rate(result.Median)} images/s, {DisplayText.Rate(result.Min)} to {DisplayText.Rate(result.Max)} over {result.Rounds.Count} rounds"
        + (result.PeakMemory is { } bytes ? $", process at most {DisplayText.Bytes(bytes)}" : "");
}
