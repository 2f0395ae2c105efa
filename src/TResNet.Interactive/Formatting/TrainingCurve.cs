using TResNet.Interactive.Charts;
using TResNet.Training;

namespace TResNet.Interactive.Formatting;

/// <summary>
/// The picture of a run: loss, top-1 and learning rate side by side. Axes are fixed by what is known from the start (epochs, highest learning
/// rate) or grow in coarse steps, so that a picture that is redrawn while the run goes on does not jump.
/// </summary>
internal static class TrainingCurve
{
    private const int Smoothing = 20;
    private const int MostPoints = 600;

    /// <summary>Draws what there is of a run.</summary>
    /// <param name="title">The headline.</param>
    /// <param name="subtitle">The line below.</param>
    /// <param name="steps">The steps done.</param>
    /// <param name="epochs">The epochs done.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch; null where no epoch was completed and the number is not known.</param>
    public static Figure Draw(
        string title,
        string subtitle,
        IReadOnlyList<StepResult> steps,
        IReadOnlyList<EpochResult> epochs,
        TrainingOptions options,
        double? stepsPerEpoch
    )
    {
        var unit = stepsPerEpoch ?? 1;
        var label = stepsPerEpoch is null ? "step" : "epoch";
        double[] range = [0, stepsPerEpoch is null ? Math.Max(1, steps.Count) : options.Epochs];
        double? step = stepsPerEpoch is not null && options.Epochs <= 4 ? 1 : null;
        var smooth = Smooth(steps);
        var kept = Kept(steps.Count);
        var x = kept.Select(i => steps[i].Step / unit).ToArray();
        var closed = epochs.Select(epoch => epoch.Step / unit).ToArray();
        return new Figure
        {
            Description = $"{title}: {subtitle}",
            Data =
            [
                new Scatter
                {
                    Name = "each step",
                    X = x,
                    Y = kept.Select(i => steps[i].Loss).ToArray(),
                    Line = new Line { Width = 1, Color = Palette.Series[0] },
                    Opacity = 0.45,
                    HoverTemplate = Hover("loss", ".3f"),
                },
                new Scatter
                {
                    Name = "average of 20 steps",
                    X = x,
                    Y = kept.Select(i => smooth[i]).ToArray(),
                    Line = new Line { Color = Palette.Series[0] },
                    HoverTemplate = Hover("loss", ".3f"),
                },
                new Scatter
                {
                    Name = "held-out images",
                    X = closed,
                    Y = epochs.Select(epoch => epoch.HeldOutLoss).ToArray(),
                    Mode = ScatterMode.LinesMarkers,
                    Line = new Line { Color = Palette.Series[1] },
                    Marker = new Marker { Color = Palette.Series[1], Size = 7 },
                    ClipOnAxis = false,
                    HoverTemplate = Hover("loss", ".3f"),
                },
                new Scatter
                {
                    Name = "top-1",
                    X = closed,
                    Y = epochs.Select(epoch => epoch.Top1).ToArray(),
                    Mode = ScatterMode.LinesMarkers,
                    Line = new Line { Color = Palette.Series[1] },
                    Marker = new Marker { Color = Palette.Series[1], Size = 7 },
                    ClipOnAxis = false,
                    XAxis = "x2",
                    YAxis = "y2",
                    ShowLegend = false,
                    HoverTemplate = Hover("top-1", ".1%"),
                },
                new Scatter
                {
                    Name = "learning rate",
                    X = x,
                    Y = kept.Select(i => steps[i].LearningRate).ToArray(),
                    Line = new Line { Color = Palette.Series[2] },
                    Fill = Fill.ToZeroY,
                    FillColor = "rgba(7,148,114,0.14)",
                    XAxis = "x3",
                    YAxis = "y3",
                    ShowLegend = false,
                    HoverTemplate = Hover("learning rate", ".3g"),
                },
            ],
            Layout = new Layout
            {
                Title = Title.Headline(title, subtitle),
                Height = 360,
                Margin = new Margin { T = 112, L = 40 },
                Legend = new Legend { Y = 1.13 },
                XAxis = new Axis
                {
                    Title = label,
                    Domain = [0, 0.42],
                    Anchor = "y",
                    Range = range,
                    DTick = step,
                },
                YAxis = new Axis { Anchor = "x", Range = [0, LossCeiling(steps, smooth, epochs)] },
                XAxis2 = new Axis
                {
                    Title = label,
                    Domain = [0.51, 0.75],
                    Anchor = "y2",
                    Range = range,
                    DTick = step,
                },
                YAxis2 = new Axis
                {
                    Anchor = "x2",
                    TickFormat = ".0%",
                    Range = [Top1Floor(epochs), 1],
                },
                XAxis3 = new Axis
                {
                    Title = label,
                    Domain = [0.83, 1],
                    Anchor = "y3",
                    Range = range,
                    DTick = step,
                },
                YAxis3 = new Axis { Anchor = "x3", Range = [0, options.LearningRate * 1.08] },
                Annotations = [.. Titles(), .. LastTop1(epochs, unit, range[1])],
            },
        };
    }

    private static string Hover(string name, string format) => $"%{{x:.2f}}: {name} %{{y:{format}}}<extra></extra>";

    private static Annotation[] Titles() =>
        [
            Annotation.PanelTitle("Loss", 1),
            Annotation.PanelTitle("Top-1 on held-out images", 2),
            Annotation.PanelTitle("Learning rate", 3),
        ];

    /// <summary>The number that the reader looks for, at the last point.</summary>
    private static IEnumerable<Annotation> LastTop1(IReadOnlyList<EpochResult> epochs, double unit, double end)
    {
        if (epochs is not [.., var last])
        {
            yield break;
        }

        yield return new Annotation
        {
            Text = $"<b>{NumberFormat.Format(last.Top1, ".1%")}</b>",
            X = last.Step / unit,
            Y = last.Top1,
            XRef = "x2",
            YRef = "y2",
            XAnchor = last.Step / unit > 0.5 * end ? "right" : "left",
            YAnchor = "bottom",
            YShift = 6,
        };
    }

    private static double LossCeiling(
        IReadOnlyList<StepResult> steps,
        double[] smooth,
        IReadOnlyList<EpochResult> epochs
    )
    {
        // The first steps of a fresh network decide the scale; one wild step does not.
        var highest = smooth
            .Take(Math.Min(smooth.Length, 3 * Smoothing))
            .Append(steps.FirstOrDefault()?.Loss ?? 1)
            .Max();
        highest = epochs.Select(epoch => epoch.HeldOutLoss).Concat(smooth).Append(highest).Where(double.IsFinite).Max();
        return Math.Ceiling(highest * 1.04 / 0.5) * 0.5;
    }

    private static double Top1Floor(IReadOnlyList<EpochResult> epochs) =>
        epochs.Count == 0 ? 0 : Math.Floor(Math.Max(0, epochs.Min(epoch => epoch.Top1) - 0.02) * 10) / 10;

    private static double[] Smooth(IReadOnlyList<StepResult> steps)
    {
        const double Keep = 1 - 1.0 / Smoothing;
        var (average, gathered) = (0.0, 0.0);
        var smooth = new double[steps.Count];
        for (var i = 0; i < steps.Count; i++)
        {
            average = Keep * average + (1 - Keep) * steps[i].Loss;
            gathered = Keep * gathered + (1 - Keep);
            smooth[i] = average / gathered;
        }

        return smooth;
    }

    /// <summary>Which steps are drawn: all, or evenly every n-th and the last.</summary>
    private static int[] Kept(int count)
    {
        var every = Math.Max(1, (int)Math.Ceiling(count / (double)MostPoints));
        return [.. Enumerable.Range(0, count).Where(i => i % every == 0 || i == count - 1)];
    }
}
