using Notebook;
using TResNet.Interactive.Charts;
using TResNet.Interactive.Formatting;
using TResNet.Training;

namespace TResNet.Interactive.Commands;

/// <summary>
/// Shows a training while it runs: the curves as a static picture and a line of text, redrawn at most four times a second. What was on show is
/// replaced by the interactive chart and the table of epochs when the run ends.
/// </summary>
internal sealed class LiveTraining(
    INotebook notebook,
    string model,
    string data,
    TrainingOptions options,
    TimeProvider clock,
    TrainingRun? before = null
) : IProgress<TrainingProgress>
{
    private const double WorthSaying = 0.1;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly List<StepResult> steps = [.. before?.Steps ?? []];
    private readonly List<EpochResult> epochs = [.. before?.Epochs ?? []];
    private IDisplayedValue? chart;
    private IDisplayedValue? line;
    private long shownAt;
    private int shownEpochs;

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        if (value.Completed is { } epoch)
        {
            epochs.Add(epoch);
        }
        else
        {
            steps.Add(new StepResult(value.Step, value.Epoch, value.Loss, value.LearningRate));
        }

        if (chart is not null && clock.GetElapsedTime(shownAt) < Interval)
        {
            return;
        }

        Show(new StaticFigure(Draw(value)), LineOf(value));
        shownEpochs = epochs.Count;
        shownAt = clock.GetTimestamp();
    }

    /// <summary>Shows the result in place of what moved.</summary>
    public void Finish(TrainingRun run) => Show(Plots.Training(run), new View { Parts = TrainingViews.Tables(run) });

    private void Show(object picture, object text)
    {
        if (chart is null || line is null)
        {
            (chart, line) = (notebook.Display(picture), notebook.Display(text));
            return;
        }

        chart.Update(picture);
        line.Update(text);
    }

    private Figure Draw(TrainingProgress at) =>
        TrainingCurve.Draw(
            $"{model} on {data}",
            $"epoch {at.Epoch} of {at.Epochs} · {Words.Rate(at.ImagesPerSecond)} images/s",
            steps,
            epochs,
            options,
            at.Steps / (double)at.Epochs
        );

    private ProgressLine LineOf(TrainingProgress at)
    {
        var top1 = epochs is [.., var last] ? $" · top-1 {Words.Percent(last.Top1)}" : "";
        var waits = at.DataWait > WorthSaying ? $" · waits for images {Words.Percent(at.DataWait)} of the time" : "";
        return new ProgressLine(
            $"epoch {at.Epoch} of {at.Epochs} · step {at.Step:N0} of {at.Steps:N0} · loss {NumberFormat.Format(at.SmoothedLoss, ".3f")}{top1} · "
                + $"{Words.Rate(at.ImagesPerSecond)} images/s · {Words.Clock(at.Elapsed)} gone, {Words.Clock(at.Remaining)} left{waits}",
            at.Steps == 0 ? 0 : at.Step / (double)at.Steps,
            epochs.Count > shownEpochs
        );
    }
}
