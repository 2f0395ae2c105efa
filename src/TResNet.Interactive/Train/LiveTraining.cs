using Notebook;
using TResNet.Charts;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>
/// Shows a training while it runs, as one card that is replaced at most twice a second. What it keeps and sends is bounded, however long the run.
/// </summary>
internal sealed class LiveTraining : IProgress<TrainingProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private readonly INotebook notebook;
    private readonly string title;
    private readonly TrainingOptions options;
    private readonly TimeProvider clock;
    private readonly TrainingRun? before;
    private readonly List<EpochResult> epochs;
    private readonly List<double> rates;
    private CurvePoints? points;
    private TrainingProgress? last;
    private IDisplayedValue? card;
    private long shownAt;
    private int shownEpochs;

    /// <param name="notebook">Where the card is shown.</param>
    /// <param name="model">The network's name.</param>
    /// <param name="data">The name of the training images.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="clock">Decides when the card is replaced.</param>
    /// <param name="before">What was done, of a run that goes on.</param>
    public LiveTraining(
        INotebook notebook,
        string model,
        string data,
        TrainingOptions options,
        TimeProvider clock,
        TrainingRun? before = null
    )
    {
        (this.notebook, this.options, this.clock, this.before) = (notebook, options, clock, before);
        title = $"{model} on {data}";
        epochs = [.. before?.Epochs ?? []];
        rates = [.. epochs.Select(epoch => EpochTable.RateOf(before!, epoch))];
        shownEpochs = epochs.Count;
    }

    /// <inheritdoc/>
    public void Report(TrainingProgress value)
    {
        points ??= new CurvePoints(value.Steps, TrainingCurve.MostWhileRunning, before?.Steps ?? []);
        last = value;
        if (value.Completed is { } epoch)
        {
            epochs.Add(epoch);
            rates.Add(value.LearningRate);
        }
        else
        {
            points.Add(value.Step, value.Loss, value.LearningRate);
        }

        // An evaluation says nothing until it is done, so that it begins is said before.
        var state =
            value.Completed is null && value.Step == value.Epoch * StepsPerEpoch(value)
                ? RunState.Evaluating
                : RunState.Running;
        if (card is null || clock.GetElapsedTime(shownAt) >= (state == RunState.Evaluating ? Soon : Interval))
        {
            Show(CardOf(value, points, state));
            shownEpochs = epochs.Count;
            shownAt = clock.GetTimestamp();
        }
    }

    /// <summary>Runs a training; where it ends with an error, the card says so.</summary>
    public TrainingRun Follow(Func<TrainingRun> train)
    {
        try
        {
            return train();
        }
        catch when (last is not null)
        {
            Show(CardOf(last, points!, RunState.Failed));
            throw;
        }
    }

    /// <summary>Shows the result in place of what moved.</summary>
    public void Finish(TrainingRun run) => Show(TrainingViews.Of(run));

    private static int StepsPerEpoch(TrainingProgress at) => at.Steps / at.Epochs;

    private void Show(TrainingCard shown)
    {
        if (card is null)
        {
            card = notebook.Display(shown);
        }
        else
        {
            card.Update(shown);
        }
    }

    private TrainingCard CardOf(TrainingProgress at, CurvePoints points, RunState state)
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
                    $"{epoch}, loss {NumberFormat.Format(at.SmoothedLoss, ".3f")}",
                    points,
                    epochs,
                    options,
                    StepsPerEpoch(at),
                    isRunning: true
                )
            ),
            Parts = parts,
            Line = LineOf(at, epoch),
        };
    }

    private CardNumber[] Numbers(TrainingProgress at)
    {
        var best = epochs.MaxBy(each => each.Top1);
        return
        [
            new("loss", NumberFormat.Format(at.SmoothedLoss, ".3f"), "The average of about the last 20 steps"),
            TrainingViews.BestNumber(best),
            new("learning rate", DisplayText.LearningRate(at.LearningRate)),
            new("images/s", DisplayText.Rate(at.ImagesPerSecond), "Over about the last 20 steps, without evaluation"),
            new("time left", DisplayText.Clock(at.Remaining)),
            TrainingViews.WaitNumber(at.DataWait),
            new("memory", at.Memory is { } bytes ? DisplayText.Bytes(bytes) : "–", "Resident memory of this process"),
        ];
    }

    private ProgressLine LineOf(TrainingProgress at, string epoch)
    {
        var parts = new List<(string Text, int Rank)>
        {
            (epoch, 0),
            ($"step {at.Step:N0} of {at.Steps:N0}", 4),
            ($"loss {NumberFormat.Format(at.SmoothedLoss, ".3f")}", 1),
            ($"{DisplayText.Rate(at.ImagesPerSecond)} images/s", 3),
            ($"{DisplayText.Clock(at.Elapsed)} gone", 5),
            ($"{DisplayText.Clock(at.Remaining)} left", 0),
        };
        if (epochs is [.., var newest])
        {
            parts.Insert(3, ($"top-1 {DisplayText.Percent(newest.Top1)}", 2));
        }

        if (at.DataWait > TrainingViews.WaitWorthSaying)
        {
            parts.Add(($"waits for data {NumberFormat.Format(at.DataWait, ".0%")}", 0));
        }

        return ProgressLine.Of(parts, Done(at), epochs.Count > shownEpochs);
    }

    private static double Done(TrainingProgress at) => at.Steps == 0 ? 0 : at.Step / (double)at.Steps;
}
