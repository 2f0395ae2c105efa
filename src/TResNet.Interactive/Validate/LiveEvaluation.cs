using Notebook;
using TResNet.Building;
using TResNet.Evaluation;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Validate;

/// <summary>Shows an evaluation while it runs as a line, redrawn at most four times a second, and then what came out in its place.</summary>
/// <param name="notebook">Where it is shown.</param>
/// <param name="clock">Decides when it is redrawn.</param>
/// <param name="metric">What sums the evaluation up.</param>
/// <param name="isMultiLabel">Whether an image may have several labels, of which a share of right answers says nothing.</param>
internal sealed class LiveEvaluation(
    INotebook notebook,
    TimeProvider clock,
    EvalMetric? metric = null,
    bool isMultiLabel = false
) : IProgress<(int Done, int Images, double Top1)>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly long start = clock.GetTimestamp();
    private readonly LiveLine line = new(notebook);
    private bool isShown;
    private long shownAt;

    /// <inheritdoc/>
    public void Report((int Done, int Images, double Top1) value)
    {
        if (isShown && clock.GetElapsedTime(shownAt) < Interval)
        {
            return;
        }

        var gone = clock.GetElapsedTime(start);
        var left = gone * ((value.Images - value.Done) / (double)value.Done);
        var soFar = isMultiLabel ? "" : $"top-1 {DisplayText.Percent(value.Top1)} so far · ";
        isShown = true;
        line.Show(
            new ProgressLine(
                $"{value.Done:N0} of {value.Images:N0} images · {soFar}{DisplayText.Clock(gone)} gone, {DisplayText.Clock(left)} left",
                value.Done / (double)value.Images
            )
        );
        shownAt = clock.GetTimestamp();
    }

    /// <summary>Shows the result in place of the line.</summary>
    public void Finish(EvaluationResult evaluation) => line.Show(EvaluationViews.Of(evaluation, metric));

    /// <summary>Shows that the network is being optimised.</summary>
    public void Optimising(Network network) => line.Show(new ProgressLine($"optimising {network.Info.Name}", 0));
}
