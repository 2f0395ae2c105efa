// The reliability diagram of C. Guo et al., arXiv 1706.04599, figure 1.

using TResNet.Charts;
using TResNet.Evaluation;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Validate;

/// <summary>Draws how often a network is right beside how sure it is.</summary>
internal static class ReliabilityChart
{
    /// <param name="evaluation">What was answered, image by image; at least one answer.</param>
    public static Figure Draw(EvaluationResult evaluation)
    {
        ReliabilityBin[] bins = [.. CalibrationError.BinsOf(evaluation.Predictions).Where(bin => bin.Count > 0)];
        return new Figure
        {
            Data =
            [
                new Scatter
                {
                    Name = "as sure as right",
                    X = new double[] { 0, 1 },
                    Y = new double[] { 0, 1 },
                    Line = new Line
                    {
                        Color = Palette.Text,
                        Width = 1,
                        Dash = Dash.Dash,
                    },
                    HoverTemplate = "<extra></extra>",
                },
                new Scatter
                {
                    Name = "answers",
                    Mode = ScatterMode.LinesMarkers,
                    X = bins.Select(bin => bin.Confidence / bin.Count).ToArray(),
                    Y = bins.Select(bin => bin.Right / (double)bin.Count).ToArray(),
                    HoverText =
                    [
                        .. bins.Select(bin =>
                            $"{bin.Count:N0} answers from {DisplayText.Percent(bin.Low)} to {DisplayText.Percent(bin.High)}"
                        ),
                    ],
                    HoverTemplate = "%{hovertext}: sure %{x:.1%}, right %{y:.1%}<extra></extra>",
                },
            ],
            Layout = new Layout
            {
                Title = Title.Headline(
                    "How sure, and how often right",
                    $"{evaluation.Data} · below the line the network is too sure"
                ),
                XAxis = new Axis
                {
                    Title = "confidence",
                    Range = [0, 1],
                    TickFormat = ".0%",
                },
                YAxis = new Axis
                {
                    Title = "share that is right",
                    Range = [0, 1],
                    TickFormat = ".0%",
                },
                Width = 560,
                Height = 440,
                Margin = new Margin { L = 64, T = 92 },
            },
        };
    }
}
