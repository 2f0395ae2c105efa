using Notebook;
using TResNet.Interactive.Tables;
using TResNet.Training;
using TResNet.Training.Runs;

namespace TResNet.Interactive.Train;

/// <summary>
/// Shows a training while it runs, as one card that is replaced at most twice a second. What it keeps and sends is bounded, however long the run.
/// </summary>
internal sealed class LiveTraining : ITrainingObserver
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(50);
    private readonly INotebook notebook;
    private readonly string title;
    private TrainingOptions options;
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
    public void Started(TrainingSession run)
    {
        options = options with { EvalMetric = run.EvalMetric };
        if (options.Freeze is { } stage)
        {
            notebook.Display(new View { Parts = [Frozen(stage, run.Model)] });
        }

        foreach (var warning in run.Warnings)
        {
            notebook.Display(new View { Parts = [warning] });
        }
    }

    /// <inheritdoc/>
    public void StepDone(TrainingSession run) => Report(run.Progress);

    /// <inheritdoc/>
    public void Evaluated(TrainingSession run) => Report(run.Progress);

    /// <inheritdoc/>
    public void Ended(TrainingSession run, TrainingEnd end)
    {
        if (end == TrainingEnd.Failed)
        {
            Fail();
        }
    }

    /// <summary>Takes a step or an evaluation in, and shows it where the last one was shown long enough.</summary>
    internal void Report(TrainingProgress value)
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
            value.Completed is null && value.Step == value.Epoch * RunningCard.StepsPerEpoch(value)
                ? RunState.Evaluating
                : RunState.Running;
        if (card is null || clock.GetElapsedTime(shownAt) >= (state == RunState.Evaluating ? Soon : Interval))
        {
            Show(state);
            shownEpochs = epochs.Count;
            shownAt = clock.GetTimestamp();
        }
    }

    /// <summary>Says on the card that the training ended with an error; nothing where there is none yet.</summary>
    internal void Fail()
    {
        if (last is not null)
        {
            Show(RunState.Failed);
        }
    }

    /// <summary>Shows the result in place of what moved.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isSaved">Whether the weights are written to a file besides.</param>
    /// <param name="advice">What to do next, a sentence each.</param>
    public void Finish(TrainingRun run, bool isSaved = true, params IReadOnlyList<string> advice) =>
        Show(TrainingViews.Of(run, isSaved, advice));

    private static string Frozen(string stage, TorchSharp.torch.nn.Module model)
    {
        var all = model.parameters().ToArray();
        var (count, trained) = (all.Sum(p => p.numel()), all.Where(p => p.requires_grad).Sum(p => p.numel()));
        return FormattableString.Invariant(
            $"Frozen up to and including {stage}: {trained:N0} of {count:N0} parameters train."
        );
    }

    private void Show(RunState state) =>
        Show(new RunningCard(title, options, points!, epochs, rates).At(last!, state, epochs.Count > shownEpochs));

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
}
