// Curves of several runs in one picture: a colour for each run, the same in both panels.
using TResNet.Charts;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>Draws accuracy and loss of several runs over their epochs.</summary>
internal static class RunCurves
{
    private static readonly int Most = Palette.Series.Count;

    /// <param name="runs">Runs with at least one epoch, and what they are called; of more than there are colours the first are drawn.</param>
    public static Figure Draw(IReadOnlyList<(string Name, TrainingRun Run)> runs)
    {
        var drawn = runs.Take(Most).ToArray();
        var epochs = drawn.SelectMany(each => each.Run.Epochs).ToArray();
        double[] range = [0, drawn.Max(each => each.Run.Epochs[^1].Epoch)];
        double? step = range[1] <= 4 ? 1 : null;
        var losses = epochs.Select(epoch => epoch.TrainLoss).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        var metrics = drawn.Select(each => MetricText.Shown(each.Run.Epochs)).Distinct().ToArray();
        var left = runs.Count - drawn.Length;
        var what = drawn.Length == 1 ? "1 run" : $"{drawn.Length} runs";
        return new Figure
        {
            Description =
                $"Validation accuracy and training loss of {DisplayText.List([.. drawn.Select(each => each.Name)])}.",
            Data =
            [
                .. drawn.Select(
                    (each, i) =>
                        Line(
                            each.Name,
                            i,
                            each.Run,
                            MetricText.Shown,
                            $"{MetricText.Name(MetricText.Shown(each.Run.Epochs))} %{{y:.1%}}",
                            1
                        )
                ),
                .. drawn.Select(
                    (each, i) =>
                        Line(
                            each.Name,
                            i,
                            each.Run,
                            epoch => epoch.TrainLoss,
                            $"loss %{{y:{DisplayText.LossFormat(each.Run.Epochs.Select(epoch => epoch.TrainLoss))}}}",
                            2
                        )
                ),
            ],
            Layout = new Layout
            {
                Title = Title.Headline("Runs", left > 0 ? $"the newest {drawn.Length} of {runs.Count}" : what),
                Height = 380,
                Margin = new Margin { T = 112, L = 48 },
                Legend = new Legend { Y = 1.13 },
                ShowLegend = true,
                XAxis = new Axis
                {
                    Title = "epoch",
                    Domain = [0, 0.46],
                    Anchor = "y",
                    Range = range,
                    DTick = step,
                },
                YAxis = new Axis
                {
                    Anchor = "x",
                    TickFormat = ".0%",
                    Range = [TrainingCurve.Floor(epochs), 1],
                },
                XAxis2 = new Axis
                {
                    Title = "epoch",
                    Domain = [0.54, 1],
                    Anchor = "y2",
                    Range = range,
                    DTick = step,
                },
                YAxis2 = new Axis { Anchor = "x2", Range = [0, losses * 1.08] },
                Annotations =
                [
                    Annotation.PanelTitle(
                        metrics is [var metric] ? TrainingCurve.PanelTitle(metric) : "Metrics on validation images",
                        1
                    ),
                    Annotation.PanelTitle("Training loss", 2),
                ],
            },
        };
    }

    private static Scatter Line(
        string name,
        int number,
        TrainingRun run,
        Func<EpochResult, double> value,
        string hover,
        int panel
    ) =>
        new()
        {
            Name = name,
            LegendGroup = name,
            ShowLegend = panel == 1,
            X = run.Epochs.Select(epoch => (double)epoch.Epoch).ToArray(),
            Y = run.Epochs.Select(value).ToArray(),
            Mode = ScatterMode.LinesMarkers,
            Line = new Line { Color = Palette.Series[number] },
            Marker = new Marker { Color = Palette.Series[number], Size = 6 },
            ClipOnAxis = false,
            XAxis = panel == 1 ? null : "x2",
            YAxis = panel == 1 ? null : "y2",
            HoverTemplate = $"{System.Net.WebUtility.HtmlEncode(name)}, epoch %{{x}}: {hover}<extra></extra>",
        };
}
