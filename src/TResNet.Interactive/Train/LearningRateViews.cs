using TResNet.Charts;
using TResNet.Interactive.Build;
using TResNet.Interactive.Tables;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>A learning rate range test as a chart and tables.</summary>
internal static class LearningRateViews
{
    // Rows of the table of the curve: the chart has all steps.
    private const int Most = 21;
    private const double Headroom = 0.08;

    public static View Of(LearningRateCurve curve)
    {
        List<object> parts = [];
        if (curve.Steps.Count > 1)
        {
            parts.Add(Chart(curve));
        }

        if (Suggestions(curve) is { Rows.Count: > 0 } suggestions)
        {
            parts.Add(suggestions);
        }

        if (curve.Steps.Count > 0)
        {
            parts.Add(Points(curve));
        }

        parts.AddRange(Sentences(curve));
        return new View
        {
            Title = "Learning rate range test",
            Subtitle =
                $"{curve.Model} on {curve.Data} · {curve.Options.Optimizer}, batches of {curve.Options.BatchSize}",
            Parts = parts,
        };
    }

    /// <summary>The loss over the learning rate, with the suggestion.</summary>
    public static Figure Chart(LearningRateCurve curve)
    {
        double[] rates = [.. curve.Steps.Select(step => step.LearningRate)];
        double[] ends = [Math.Log10(rates[0]), Math.Log10(rates[^1])];
        var (lowest, highest) = (curve.Steps.Min(step => step.Loss), Ceiling(curve));
        var room = Headroom * Math.Max(highest - lowest, 1e-3);
        double[] range = [Math.Max(0, lowest - room), highest + room];
        var format = DisplayText.LossFormat(curve.Steps.Select(step => step.Loss));
        var hover = $"%{{x:.2~e}}: loss %{{y:{format}}}<extra></extra>";
        List<Trace> traces =
        [
            new Scatter
            {
                Name = "each step",
                X = rates,
                Y = curve.Steps.Select(step => step.Loss).ToArray(),
                Line = new Line { Width = 1, Color = Palette.Series[0] },
                Opacity = 0.45,
                HoverTemplate = hover,
            },
            new Scatter
            {
                Name = "averaged",
                X = rates,
                Y = curve.Smoothed.ToArray(),
                Line = new Line { Color = Palette.Series[0] },
                HoverTemplate = hover,
            },
        ];
        List<Annotation> labels = [];
        if (curve.Valley is { } valley)
        {
            var (rate, loss) = (rates[valley], curve.Smoothed[valley]);
            traces.Add(
                new Scatter
                {
                    Name = "suggestion (valley)",
                    X = new[] { rate },
                    Y = new[] { loss },
                    Mode = ScatterMode.Markers,
                    Marker = new Marker { Color = Palette.Series[1], Size = 11 },
                    HoverTemplate = hover,
                }
            );
            labels.Add(
                new Annotation
                {
                    Text = $"<b>{DisplayText.LearningRate(rate)}</b>",
                    X = (Math.Log10(rate) - ends[0]) / (ends[1] - ends[0]),
                    Y = loss,
                    XRef = "x domain",
                    YRef = "y",
                    XAnchor = "right",
                    YAnchor = "top",
                    XShift = -8,
                    YShift = -4,
                }
            );
        }

        return new Figure
        {
            Description = $"Loss of {curve.Model} over the learning rate",
            Data = traces,
            Layout = new Layout
            {
                Title = Title.Headline("Loss over the learning rate", $"{curve.Model}, {curve.Steps.Count} steps"),
                XAxis = Axis.OfLogarithms("learning rate", ends),
                YAxis = new Axis { Title = "loss", Range = range },
                Height = 360,
                ShowLegend = true,
                Annotations = labels,
                Margin = new Margin { L = 56, T = 88 },
            },
        };
    }

    // What the loss climbs to in the end would flatten the valley.
    private static double Ceiling(LearningRateCurve curve)
    {
        var start = curve.Smoothed.Take(Math.Max(1, curve.Planned / 10)).Max();
        var fall = start - curve.Smoothed.Min();
        return Math.Max(start, Math.Min(curve.Smoothed.Max(), start + Math.Max(fall, 0.1 * start)));
    }

    private static Table Suggestions(LearningRateCurve curve)
    {
        (string Name, int? At, double Part)[] all =
        [
            ("valley", curve.Valley, 1),
            ("steepest", curve.Steepest, 1),
            ("minimum / 10", curve.Minimum, 0.1),
        ];
        return new Table
        {
            Columns = [new("suggestion"), new("learning rate", true), new("loss there", true)],
            Rows =
            [
                .. all.Where(each => each.At is not null)
                    .Select(each =>
                    {
                        var rate = each.Part * curve.Steps[each.At!.Value].LearningRate;
                        return (Cell[])
                            [
                                each.Name,
                                ModelViews.Number(rate, DisplayText.LearningRate(rate)),
                                each.Part == 1 ? Loss(curve.Smoothed[each.At.Value]) : Cell.Unknown,
                            ];
                    }),
            ],
            Emphasis = curve.Valley is null ? null : 0,
            Note = "The valley is the middle of the longest fall, as fastai suggests; --lr takes it.",
        };
    }

    private static Table Points(LearningRateCurve curve)
    {
        var every = Math.Max(1, (int)Math.Ceiling((curve.Steps.Count - 1) / (Most - 1.0)));
        var shown = curve.Steps.Index().Where(each => each.Index % every == 0);
        return new Table
        {
            Columns = [new("step", true), new("learning rate", true), new("loss", true), new("averaged loss", true)],
            Rows =
            [
                .. shown.Select(each =>
                    (Cell[])
                        [
                            ModelViews.Number(each.Item.Step, $"{each.Item.Step:N0}"),
                            ModelViews.Number(each.Item.LearningRate, DisplayText.LearningRate(each.Item.LearningRate)),
                            Loss(each.Item.Loss),
                            Loss(curve.Smoothed[each.Index]),
                        ]
                ),
            ],
        };
    }

    private static IEnumerable<string> Sentences(LearningRateCurve curve)
    {
        if (curve.End == RangeTestEnd.Interrupted)
        {
            yield return $"Interrupted after {curve.Steps.Count:N0} of {curve.Planned:N0} steps: what was seen until then.";
        }
        else if (curve.End == RangeTestEnd.Diverged)
        {
            yield return curve.Steps is [.., var last]
                ? $"Ended at a learning rate of {DisplayText.LearningRate(last.LearningRate)}, where the loss had grown to four times its least value or to no number."
                : "Ended at the first step.";
        }

        if (curve.Valley is null)
        {
            yield return curve.Steps.Count < curve.Planned / 2
                ? "Too few steps for a suggestion: begin lower (--start-lr)."
                : "The loss never fell, so there is no suggestion: look at another range (--start-lr, --end-lr), or at the images and the weights.";
        }

        yield return "The network is as it was before.";
    }

    private static Cell Loss(double value) => ModelViews.Number(value, DisplayText.Loss(value));
}
