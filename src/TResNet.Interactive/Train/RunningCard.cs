using TResNet.Charts;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>The card of a training that is not at its end.</summary>
/// <param name="title">The network and the data.</param>
/// <param name="options">The run's options.</param>
/// <param name="points">The losses and learning rates of its steps, thinned.</param>
/// <param name="epochs">The epochs that were evaluated.</param>
/// <param name="rates">The learning rate at the end of each.</param>
internal sealed class RunningCard(
    string title,
    TrainingOptions options,
    CurvePoints points,
    IReadOnlyList<EpochResult> epochs,
    IReadOnlyList<double> rates
)
{
    /// <summary>Steps of an epoch.</summary>
    public static int StepsPerEpoch(TrainingProgress at) => at.Steps / at.Epochs;

    /// <summary>The card.</summary>
    /// <param name="at">Where the training stands.</param>
    /// <param name="state">What it does.</param>
    /// <param name="ends">Whether its line of text is to stay, since an epoch ended after the one before.</param>
    public TrainingCard At(TrainingProgress at, RunState state, bool ends)
    {
        var epoch = $"epoch {at.Epoch:N0} of {at.Epochs:N0}";
        var parts = new List<object>();
        if (epochs.Count > 0)
        {
            parts.Add(EpochTable.WhileRunning(epochs, rates));
        }

        parts.AddRange(at.Warnings);
        if (at.DataWait > TrainingViews.WaitWorthSaying)
        {
            parts.Add(TrainingViews.WaitAdvice(at.DataWait));
        }

        return new TrainingCard
        {
            Title = title,
            Subtitle = $"{epoch} · step {at.Step:N0} of {at.Steps:N0} · {DisplayText.Clock(at.Elapsed)} gone",
            State = state,
            Done = Done(at),
            Numbers = Numbers(at),
            Curves = TrainingCurve.InCard(
                TrainingCurve.Draw(
                    title,
                    $"{epoch}, loss {DisplayText.Loss(at.SmoothedLoss)}",
                    points,
                    epochs,
                    options,
                    StepsPerEpoch(at),
                    isRunning: true
                )
            ),
            Parts = parts,
            Line = LineOf(at, epoch, ends),
        };
    }

    private CardNumber[] Numbers(TrainingProgress at)
    {
        return
        [
            new("loss", DisplayText.Loss(at.SmoothedLoss), "The average of about the last 20 steps"),
            TrainingViews.BestNumber(EpochResult.BestOf(epochs), options),
            new("learning rate", DisplayText.LearningRate(at.LearningRate)),
            new("images/s", DisplayText.Rate(at.ImagesPerSecond), "Over about the last 20 steps, without evaluation"),
            new("time left", DisplayText.Clock(at.Remaining)),
            TrainingViews.WaitNumber(at.DataWait),
            new("memory", at.Memory is { } bytes ? DisplayText.Bytes(bytes) : "–", "Resident memory of this process"),
            .. at.Exchange is { } shares ? (CardNumber[])[ProcessText.Number(shares)] : [],
        ];
    }

    private ProgressLine LineOf(TrainingProgress at, string epoch, bool ends)
    {
        var parts = new List<(string Text, int Rank)>
        {
            (epoch, 0),
            ($"step {at.Step:N0} of {at.Steps:N0}", 4),
            ($"loss {DisplayText.Loss(at.SmoothedLoss)}", 1),
            ($"{DisplayText.Rate(at.ImagesPerSecond)} images/s", 3),
            ($"{DisplayText.Clock(at.Elapsed)} gone", 5),
            ($"{DisplayText.Clock(at.Remaining)} left", 0),
        };
        if (epochs is [.., var newest])
        {
            parts.Insert(
                3,
                ($"{MetricText.Name(newest.EvalMetric)} {MetricText.Value(newest.EvalMetric, newest.Value)}", 2)
            );
        }

        if (at.Exchange is { } shares)
        {
            parts.Add(($"{shares.Processes} processes", 6));
        }

        if (at.DataWait > TrainingViews.WaitWorthSaying)
        {
            parts.Add(($"waits for data {NumberFormat.Format(at.DataWait, ".0%")}", 0));
        }

        return ProgressLine.Of(parts, Done(at), ends);
    }

    private static double Done(TrainingProgress at) => at.Steps == 0 ? 0 : at.Step / (double)at.Steps;
}
