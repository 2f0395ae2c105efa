using TResNet.Charts;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Memory;

namespace TResNet.Interactive.Profile;

/// <summary>Largest training batches, and the memory of what was tried.</summary>
internal static class LargestBatchViews
{
    public static View Of(IReadOnlyList<LargestBatchResult> results) =>
        new() { Parts = [Table(results), .. Chart(results) is { } chart ? (object[])[chart] : []] };

    /// <param name="results">What was found.</param>
    /// <param name="interrupted">Whether it was interrupted between two networks.</param>
    public static Table Table(IReadOnlyList<LargestBatchResult> results, bool interrupted = false) =>
        new()
        {
            Columns =
            [
                new("model"),
                new("image", Rank: 2),
                new("largest batch", true),
                new("memory", true),
                new("limit", true),
                new("steps", true, Rank: 1),
            ],
            Rows =
            [
                .. results.Select(result =>
                    (Cell[])
                        [
                            result.Model,
                            DisplayText.Size(result.ImageShape),
                            ModelViews.Number(result.BatchSize, Batch(result)),
                            result.PeakMemory is { } peak ? ModelViews.Number(peak, Fine(peak)) : Cell.Unknown,
                            result.MemoryLimit is { } limit
                                ? ModelViews.Number(limit, Fine(limit))
                                : $"all of {result.Device}",
                            ModelViews.Number(
                                result.Trials.Count(trial => !trial.Foretold),
                                $"{result.Trials.Count(trial => !trial.Foretold)}"
                            ),
                        ]
                ),
            ],
            Note = string.Join('\n', Notes(results, interrupted)),
            Sortable = results.Count > 1,
        };

    // How much room is left is seen in the second digit.
    private static string Fine(long bytes) =>
        bytes >= 1L << 30 ? $"{NumberFormat.Format(bytes / (double)(1L << 30), ".2f")} GiB" : DisplayText.Bytes(bytes);

    /// <summary>Memory over the batch size, with the limit; null where memory was not told.</summary>
    public static Figure? Chart(IReadOnlyList<LargestBatchResult> results)
    {
        var told = results.Where(result => result.MemoryLimit is not null).ToArray();
        if (told.Length == 0)
        {
            return null;
        }

        const double Unit = 1L << 30;
        string[] models = [.. told.Select(result => result.Model)];
        var most = told.Max(result => result.Trials.Max(trial => trial.BatchSize));
        return new Figure
        {
            Data =
            [
                .. told.SelectMany((result, i) => Curve(result, ModelNames.Short(result.Model, models), i)),
                .. told.Select(result => result.MemoryLimit!.Value)
                    .Distinct()
                    .Select(limit => new Scatter
                    {
                        Name = "limit",
                        ShowLegend = false,
                        X = new[] { 0.0, most },
                        Y = new[] { limit / Unit, limit / Unit },
                        Line = new Line
                        {
                            Color = Palette.Text,
                            Width = 1.5,
                            Dash = Dash.Dash,
                        },
                        HoverTemplate = "limit: %{y:.2f} GiB<extra></extra>",
                    }),
            ],
            Layout = new Layout
            {
                Title = Title.Headline(
                    "Memory of a training step",
                    "the process's peak; diamond: too large, pale: foretold and not tried; dashed: the limit"
                ),
                XAxis = new Axis { Title = "images in a batch", RangeMode = "tozero" },
                YAxis = new Axis { Title = "GiB", RangeMode = "tozero" },
                ShowLegend = told.Length > 1,
                Legend = new Legend { ItemSizing = "constant" },
                Margin = new Margin { L = 64, T = told.Length > 1 ? 96 : 64 },
            },
        };

        IEnumerable<Scatter> Curve(LargestBatchResult result, string name, int number)
        {
            var color = Palette.Series[number % Palette.Series.Count];
            var trials = result
                .Trials.Where(trial => trial.PeakMemory is not null)
                .OrderBy(trial => trial.BatchSize)
                .ToArray();
            foreach (
                var group in trials.GroupBy(trial => (trial.Fits, trial.Foretold)).OrderByDescending(g => g.Key.Fits)
            )
            {
                yield return new Scatter
                {
                    Name = name,
                    LegendGroup = name,
                    ShowLegend = group.Key.Fits,
                    Mode = group.Key.Fits ? ScatterMode.LinesMarkers : ScatterMode.Markers,
                    X = group.Select(trial => (double)trial.BatchSize).ToArray(),
                    Y = group.Select(trial => trial.PeakMemory!.Value / Unit).ToArray(),
                    Line = new Line { Color = color },
                    Marker = new Marker
                    {
                        Color = color,
                        Size = 9,
                        Symbol = group.Key.Fits ? null : Symbol.Diamond,
                        Opacity = group.Key.Foretold ? 0.4 : 1,
                    },
                    ClipOnAxis = false,
                    HoverTemplate = "batch of %{x}: %{y:.2f} GiB",
                };
            }
        }
    }

    private static string Batch(LargestBatchResult result) =>
        result.Interrupted || result.ReachedMost ? $"at least {result.BatchSize}" : $"{result.BatchSize}";

    private static IEnumerable<string> Notes(IReadOnlyList<LargestBatchResult> results, bool interrupted)
    {
        if (results.Any(result => result.Interrupted))
        {
            yield return "Interrupted: larger batches may fit.";
        }
        else if (interrupted)
        {
            yield return "Interrupted: what was found until then.";
        }

        if (results.FirstOrDefault(result => result.ReachedMost) is { } most)
        {
            yield return $"The search ends at a batch of {NumberFormat.Format(most.BatchSize, ",d")}: where that fits, larger ones were not tried.";
        }

        var precisions = string.Join(
            " and ",
            results.Select(r => r.ComputeType.ToString().ToLowerInvariant()).Distinct()
        );
        yield return results[0].MemoryLimit is null
            ? $"By real training steps in {precisions} until {results[0].Device} refused memory, to within a 32nd."
            : $"By real training steps in {precisions} on the CPU, to within a 32nd; memory is the process's peak, this notebook's or program's other memory included. --memory-limit 8GB sets another limit.";
    }
}
