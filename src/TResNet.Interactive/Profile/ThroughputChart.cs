using TResNet.Charts;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>Draws images a second of one or several networks as bars, with a line from the slowest to the fastest round.</summary>
internal static class ThroughputChart
{
    /// <param name="results">At least one.</param>
    public static Figure Draw(IReadOnlyList<ThroughputResult> results)
    {
        string[] models = [.. results.Select(result => result.Model).Distinct()];
        ThroughputMode[] modes = [.. results.Select(result => result.Mode).Distinct()];
        var labels = new List<Annotation>();
        var traces = new List<Trace>();

        // Long names take more lines and leave the bars as thick as they are.
        var usual = modes.Length > 1 ? 64 : 44;
        var row = Math.Max(usual, models.Max(model => 16 * ModelNames.Wrapped(model).Split("<br>").Length + 10));
        var bars = 0.7 * usual / row;
        foreach (var mode in modes)
        {
            var own = models
                .Select(model => results.FirstOrDefault(r => r.Model == model && r.Mode == mode))
                .OfType<ThroughputResult>()
                .ToArray();
            traces.Add(
                new Bar
                {
                    Name = DisplayText.Of(mode),
                    Orientation = Orientation.Horizontal,
                    Y = own.Select(r => ModelNames.Wrapped(r.Model)).ToArray(),
                    X = own.Select(r => r.Median).ToArray(),
                    ErrorX = new ErrorBars
                    {
                        Array = [.. own.Select(r => r.Max - r.Median)],
                        ArrayMinus = [.. own.Select(r => r.Median - r.Min)],
                    },
                    HoverTemplate = "%{y}: %{x:.4~g} images/s<extra></extra>",
                }
            );

            // plotly puts the bars of a category at equal distances within 1 - gap of its width.
            var offset = (Array.IndexOf(modes, mode) - (modes.Length - 1) / 2.0) * bars / modes.Length;
            labels.AddRange(
                own.Select(r => new Annotation
                {
                    Text = DisplayText.Rate(r.Median),
                    X = r.Max,
                    Y = Array.IndexOf(models, r.Model) + offset,
                    XRef = "x",
                    YRef = "y",
                    XAnchor = "left",
                    XShift = 6,
                })
            );
        }

        var batches = string.Join(" and ", results.Select(r => $"{r.BatchSize}").Distinct());
        var sizes = string.Join(" and ", results.Select(r => $"{r.InputShape[^2]} × {r.InputShape[^1]}").Distinct());
        return new Figure
        {
            Data = traces,
            Layout = new Layout
            {
                Title = Title.Headline(
                    "Images per second",
                    $"batch of {batches}, {sizes} pixels · median, line from slowest to fastest round"
                ),
                XAxis = new Axis { Title = "images/s", Range = [0, results.Max(r => r.Max) * 1.14] },
                YAxis = Axis.OfNames(reversed: true),
                BarGap = Math.Round(1 - bars, 3),
                BarCornerRadius = 3,
                Annotations = labels,
                Height = 132 + (modes.Length > 1 ? 30 : 0) + models.Length * row,
                Margin = new Margin { T = modes.Length > 1 ? 88 : 64 },
            },
        };
    }
}
