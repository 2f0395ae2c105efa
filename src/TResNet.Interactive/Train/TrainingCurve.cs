using TResNet.Charts;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>
/// The picture of a run: loss, top-1 and learning rate side by side. Axes are fixed by what is known from the start (epochs, highest learning
/// rate) or grow in coarse steps, so that a picture that is redrawn while the run goes on does not jump.
/// </summary>
internal static class TrainingCurve
{
    /// <summary>Loss, top-1 and learning rate over a run.</summary>
    public static Figure Of(TrainingRun run)
    {
        var result = run.Epochs is [.., var last]
            ? $"{MetricText.Name(last.EvalMetric)} {MetricText.Value(last.EvalMetric, last.Value)}"
            : "no epoch completed";
        return Draw(
            $"{run.Model} on {run.ValidationData}",
            $"{result} · {run.Epochs.Count} of {run.Options.TotalEpochs} epochs · {NumberFormat.Format(run.ImagesPerSecond, ",d")} images/s"
                + (run.Interrupted ? " · interrupted" : ""),
            run
        );
    }

    /// <summary>Points of a curve in a picture that is redrawn: about one for each of its pixels.</summary>
    public const int MostWhileRunning = 300;

    private const int Most = 600;
    private const int Panels = 3;
    private static readonly double[] Ceilings = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

    /// <summary>Draws a run as far as it came.</summary>
    /// <param name="title">The headline.</param>
    /// <param name="subtitle">The line below.</param>
    /// <param name="run">The run.</param>
    public static Figure Draw(string title, string subtitle, TrainingRun run)
    {
        var perEpoch =
            run.StepsPerEpoch > 0 ? run.StepsPerEpoch
            : run.Epochs is [var first, ..] ? first.Step / first.Epoch
            : Math.Max(1, run.Steps.Count / run.Options.TotalEpochs);
        var points = new CurvePoints(perEpoch * run.Options.TotalEpochs, Most, run.Steps);
        return Draw(title, subtitle, points, run.Epochs, run.Options, perEpoch, isRunning: false);
    }

    /// <summary>Draws what there is of a run.</summary>
    /// <param name="title">The headline.</param>
    /// <param name="subtitle">The line below.</param>
    /// <param name="points">The steps done.</param>
    /// <param name="epochs">The epochs done.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    /// <param name="isRunning">Whether more is to come, for which the axis of accuracies has room from the start.</param>
    public static Figure Draw(
        string title,
        string subtitle,
        CurvePoints points,
        IReadOnlyList<EpochResult> epochs,
        TrainingOptions options,
        int stepsPerEpoch,
        bool isRunning
    )
    {
        double unit = stepsPerEpoch;
        var metric = MetricText.Shown(epochs, options);
        const string label = "epoch";
        double[] range = [0, options.TotalEpochs];
        double? step = options.TotalEpochs <= 4 ? 1 : null;
        var mark =
            options.TotalEpochs <= 30 ? 7
            : options.TotalEpochs <= 100 ? 4
            : 3;
        var singles = points.Singles().ToArray();
        var x = points.Points.Select(point => Math.Round(point.Step / unit, 4)).ToArray();
        var format = DisplayText.LossFormat(singles.Select(single => single.Loss));
        var closed = epochs.Select(epoch => Math.Round(epoch.Step / unit, 4)).ToArray();
        return new Figure
        {
            Description = $"{title}: {subtitle}",
            Data =
            [
                new Scatter
                {
                    Name = "each step",
                    X = singles.Select(single => Math.Round(single.Step / unit, 4)).ToArray(),
                    Y = singles.Select(single => single.Loss).ToArray(),
                    Line = new Line { Width = 1, Color = Palette.Series[0] },
                    Opacity = 0.45,
                    HoverTemplate = Hover("loss", format),
                },
                new Scatter
                {
                    Name = $"average of {points.Horizon:N0} steps",
                    X = x,
                    Y = points.Points.Select(point => point.Smoothed).ToArray(),
                    Line = new Line { Color = Palette.Series[0] },
                    HoverTemplate = Hover("loss", format),
                },
                new Scatter
                {
                    Name = "validation images",
                    X = closed,
                    Y = epochs.Select(epoch => epoch.ValidationLoss).ToArray(),
                    Mode = ScatterMode.LinesMarkers,
                    Line = new Line { Color = Palette.Series[1] },
                    Marker = new Marker { Color = Palette.Series[1], Size = mark },
                    ClipOnAxis = false,
                    HoverTemplate = Hover("loss", format),
                },
                new Scatter
                {
                    Name = MetricText.Name(metric),
                    X = closed,
                    Y = epochs.Select(MetricText.Shown).ToArray(),
                    Mode = ScatterMode.LinesMarkers,
                    Line = new Line { Color = Palette.Series[1] },
                    Marker = new Marker { Color = Palette.Series[1], Size = mark },
                    ClipOnAxis = false,
                    XAxis = "x2",
                    YAxis = "y2",
                    ShowLegend = false,
                    HoverTemplate = Hover(MetricText.Name(metric), ".1%"),
                },
                new Scatter
                {
                    Name = "learning rate",
                    X = x,
                    Y = points.Points.Select(point => point.LearningRate).ToArray(),
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
                    Domain = [0, 0.4],
                    Anchor = "y",
                    Range = range,
                    DTick = step,
                },
                YAxis = new Axis { Anchor = "x", Range = [0, LossCeiling(points, epochs)] },
                XAxis2 = new Axis
                {
                    Title = label,
                    Domain = [0.48, 0.76],
                    Anchor = "y2",
                    Range = range,
                    DTick = step,
                },
                YAxis2 = new Axis
                {
                    Anchor = "x2",
                    TickFormat = ".0%",
                    Range = [isRunning ? 0 : Floor(epochs), 1],
                },
                XAxis3 = new Axis
                {
                    Title = label,
                    Domain = [0.84, 1],
                    Anchor = "y3",
                    Range = range,
                    DTick = step,
                },
                YAxis3 = new Axis { Anchor = "x3", Range = [0, options.LearningRate * 1.08] },
                Annotations = [.. Titles(metric), .. LastValue(epochs, unit, range[1])],
            },
        };
    }

    /// <summary>The figure for a card that says the headline and the numbers itself.</summary>
    public static Figure InCard(Figure figure) =>
        figure with
        {
            // Without a headline, the tools would lie over the legend.
            Config = figure.Config! with
            {
                DisplayModeBar = false,
            },
            Layout = figure.Layout with
            {
                Title = null,
                Height = 290,
                Margin = figure.Layout.Margin! with { T = 56 },
                Legend = figure.Layout.Legend! with { Y = 1.14 },
                Annotations = [.. figure.Layout.Annotations!.Take(Panels)],
            },
        };

    /// <summary>One panel of such a figure, over its whole width.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="panel">From 1.</param>
    public static Figure Panel(Figure figure, int panel)
    {
        var layout = figure.Layout;
        var (number, x, y) = panel switch
        {
            1 => ("", layout.XAxis, layout.YAxis),
            2 => ("2", layout.XAxis2!, layout.YAxis2!),
            _ => ("3", layout.XAxis3!, layout.YAxis3!),
        };
        bool IsHere(Scatter trace) => (trace.XAxis ?? "x") == $"x{number}";
        Annotation Here(Annotation each) =>
            each with
            {
                XRef = each.XRef!.Replace($"x{number}", "x"),
                YRef = each.YRef!.Replace($"y{number}", "y"),
            };
        return figure with
        {
            Data =
            [
                .. figure.Data.Cast<Scatter>().Where(IsHere).Select(trace => trace with { XAxis = null, YAxis = null }),
            ],
            Layout = layout with
            {
                XAxis = x! with { Domain = null, Anchor = null },
                YAxis = y! with { Anchor = null },
                XAxis2 = null,
                YAxis2 = null,
                XAxis3 = null,
                YAxis3 = null,
                Annotations =
                [
                    .. layout.Annotations!.Where(each => each.XRef!.Split(' ')[0] == $"x{number}").Select(Here),
                ],
            },
        };
    }

    private static string Hover(string name, string format) => $"%{{x:.2f}}: {name} %{{y:{format}}}<extra></extra>";

    private static Annotation[] Titles(EvalMetric metric) =>
        [
            Annotation.PanelTitle("Loss", 1),
            Annotation.PanelTitle(PanelTitle(metric), 2),
            Annotation.PanelTitle("Learning rate", 3),
        ];

    /// <summary>The number that the reader looks for, at the last point.</summary>
    private static IEnumerable<Annotation> LastValue(IReadOnlyList<EpochResult> epochs, double unit, double end)
    {
        if (epochs is not [.., var last] || MetricText.Shown(last) is var value && !double.IsFinite(value))
        {
            yield break;
        }

        yield return new Annotation
        {
            Text = $"<b>{NumberFormat.Format(value, ".1%")}</b>",
            X = last.Step / unit,
            Y = value,
            XRef = "x2",
            YRef = "y2",
            XAnchor = last.Step / unit > 0.5 * end ? "right" : "left",
            YAnchor = "bottom",
            YShift = 6,
        };
    }

    /// <summary>The upper end of the losses, in steps so coarse that few are taken; single steps may stand out over it.</summary>
    private static double LossCeiling(CurvePoints points, IReadOnlyList<EpochResult> epochs)
    {
        var highest = epochs.Select(epoch => epoch.ValidationLoss).Append(points.Highest).Where(double.IsFinite).Max();
        if (highest <= 0)
        {
            return 1;
        }

        var decade = Math.Pow(10, Math.Floor(Math.Log10(highest)));
        return decade * Ceilings.Append(15).First(ceiling => ceiling * decade >= 1.02 * highest);
    }

    /// <summary>What the panel of a metric is called.</summary>
    public static string PanelTitle(EvalMetric metric)
    {
        var name = MetricText.Name(metric);
        return metric == EvalMetric.MeanAveragePrecision
            ? $"{name} on validation images"
            : $"{char.ToUpperInvariant(name[0])}{name[1..]} on validation images";
    }

    /// <summary>The lower end of the accuracies, in tenths; of validation images without any label there is no accuracy.</summary>
    public static double Floor(IEnumerable<EpochResult> epochs) =>
        Math.Floor(
            Math.Max(0, epochs.Select(MetricText.Shown).Where(double.IsFinite).DefaultIfEmpty(0).Min() - 0.02) * 10
        ) / 10;
}
