// What happens in a run, as its observers see it: the parts that train, the history, and the clock beside it, so that the loop itself only trains.

using TResNet.Compute;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Training.Distributed;
using TResNet.Training.Runs;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>A training under way.</summary>
public sealed class TrainingSession
{
    // An exponential average that remembers about 20 steps.
    private const double Kept = 0.95;

    private readonly TimeProvider clock;
    private readonly long start;
    private readonly List<StepResult> steps = [];
    private readonly List<EpochResult> epochs = [];
    private readonly List<string> warnings = [];
    private TimeSpan durationBefore;
    private long epochStart;
    private long stepStart;
    private int epoch;
    private double trainingSeconds;
    private bool evaluated;
    private TrainingProgress? progress;
    private int averaged;
    private int epochSteps;
    private long? memory;
    private long memoryAt;
    private double waitedShare;
    private double epochSeconds;
    private double evaluationSeconds;
    private double lossAverage;
    private double lossGathered;
    private double secondsAverage;
    private double trainingSecondsBefore;
    private (TimeSpan Communicated, TimeSpan Waited) epochExchange;

    internal TrainingSession(
        nn.Module<Tensor, Tensor> model,
        ImageDataset train,
        ImageDataset validation,
        TrainingOptions options,
        int stepsPerEpoch,
        TimeProvider? clock = null
    )
    {
        (Model, ModelName, Options) = (model, model.DisplayName(), options);
        (TrainData, ValidationData, StepsPerEpoch) = (train, validation, stepsPerEpoch);
        this.clock = clock ?? TimeProvider.System;
        start = this.clock.GetTimestamp();
    }

    /// <summary>The network; observers leave it in the mode that they find it in.</summary>
    public nn.Module<Tensor, Tensor> Model { get; }

    /// <summary>The network's name.</summary>
    public string ModelName { get; }

    /// <summary>The options, validated.</summary>
    public TrainingOptions Options { get; }

    /// <summary>The images to train on.</summary>
    public ImageDataset TrainData { get; }

    /// <summary>The images that each epoch is evaluated on.</summary>
    public ImageDataset ValidationData { get; }

    /// <summary>Optimiser steps in an epoch.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>All steps of the run.</summary>
    public int Steps => Options.TotalEpochs * StepsPerEpoch;

    /// <summary>Every epoch that was evaluated, those before a run went on included.</summary>
    public IReadOnlyList<EpochResult> Epochs => epochs;

    /// <summary>What decides which epoch is best; in a run of an earlier version that goes on, what did before.</summary>
    public EvalMetric EvalMetric =>
        epochs.Count > 0
            ? epochs[0].EvalMetric
            : Options.EvalMetric ?? EvalMetrics.Default(ValidationData.IsMultiLabel);

    /// <summary>Whether the last epoch is better than all before it.</summary>
    public bool LastIsBest => epochs.Count > 0 && ReferenceEquals(EpochResult.BestOf(epochs), epochs[^1]);

    /// <summary>What went wrong, or will, without ending the run.</summary>
    public IReadOnlyList<string> Warnings => warnings;

    /// <summary>Where the run stands; after the first step.</summary>
    public TrainingProgress Progress => progress ??= Describe();

    /// <summary>What whoever began the run noted with it.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; internal set; } = RunFolder.NoNotes;

    /// <summary>What was done so far.</summary>
    internal RunHistory History => new(steps, epochs, Elapsed, trainingSeconds);

    /// <summary>Steps done.</summary>
    internal int StepsDone => steps.Count;

    /// <summary>What changes the weights.</summary>
    internal optim.Optimizer Optimizer { get; init; } = null!;

    /// <summary>The average of the weights; null without one.</summary>
    internal WeightAverage? Average { get; init; }

    /// <summary>The scale of the loss, which float16 cannot do without.</summary>
    internal LossScale? Scale { get; init; }

    /// <summary>What is done with other processes; null alone.</summary>
    internal StepExchange? Exchange { get; init; }

    /// <summary>The layers that do not learn; null without any.</summary>
    internal FrozenLayers? Frozen { get; init; }

    /// <summary>Who says what is in the images beside their labels; null for nobody.</summary>
    internal Teacher? Teacher { get; init; }

    /// <summary>The training loss of an answer that tells no image from another; null where it is not known.</summary>
    internal double? UninformedLoss { get; init; }

    private TimeSpan Elapsed => durationBefore + clock.GetElapsedTime(start);

    /// <summary>Takes over what the run did before.</summary>
    internal void GoOnFrom(RunHistory before)
    {
        steps.AddRange(before.Steps);
        epochs.AddRange(before.Epochs);
        (durationBefore, trainingSeconds) = (before.Duration, before.TrainingSeconds);
        trainingSecondsBefore = before.TrainingSeconds;
    }

    /// <summary>Notes what went wrong without ending the run.</summary>
    /// <param name="message">One sentence, shown once.</param>
    public void Warn(string message)
    {
        progress = null;
        if (!warnings.Contains(message))
        {
            warnings.Add(message);
        }
    }

    internal void BeginEpoch(int epoch)
    {
        this.epoch = epoch;
        (epochSeconds, epochSteps, waitedShare) = (0, 0, 0);
        epochExchange = Exchange is null ? default : (Exchange.Communicated, Exchange.Waited);
        epochStart = stepStart = clock.GetTimestamp();
    }

    /// <summary>Notes a step.</summary>
    /// <param name="loss">Its mean loss; NaN where it had no image.</param>
    /// <param name="rate">Its learning rate.</param>
    /// <param name="waited">How long training stood still for want of images, in this epoch so far.</param>
    internal void EndStep(double loss, double rate, TimeSpan waited = default)
    {
        var now = clock.GetTimestamp();
        var seconds = clock.GetElapsedTime(stepStart, now).TotalSeconds;
        stepStart = now;
        trainingSeconds += seconds;
        epochSeconds += seconds;
        if (double.IsFinite(loss))
        {
            lossAverage = Kept * lossAverage + (1 - Kept) * loss;
            lossGathered = Kept * lossGathered + (1 - Kept);
        }

        secondsAverage = Kept * secondsAverage + (1 - Kept) * seconds;
        averaged++;
        epochSteps++;
        waitedShare = epochSeconds > 0 ? Math.Min(1, waited.TotalSeconds / epochSeconds) : 0;
        steps.Add(new StepResult(steps.Count + 1, epoch, loss, rate));
        (progress, evaluated) = (null, false);
    }

    /// <summary>Notes an evaluation.</summary>
    /// <param name="evaluation">Of the network, or of the better of it and its average.</param>
    /// <param name="weights">Which of the two; null without an average.</param>
    /// <param name="other">The evaluation of the other.</param>
    internal void EndEpoch(
        EvaluationResult evaluation,
        EvaluatedWeights? weights = null,
        EvaluationResult? other = null
    )
    {
        evaluationSeconds = clock.GetElapsedTime(stepStart).TotalSeconds;
        var losses = steps.TakeLast(StepsPerEpoch).Select(step => step.Loss).Where(double.IsFinite).ToArray();
        if (losses.Length == 0)
        {
            throw new TResNetException(
                $"No batch of epoch {epoch} had two images that could be read: {TrainData.Skipped?.Describe(1).ReplaceLineEndings(" ")}; replace or remove the damaged files."
            );
        }

        epochs.Add(
            new EpochResult(
                epoch,
                steps.Count,
                losses.Average(),
                evaluation.Loss,
                evaluation.Top1,
                // Of an epoch that a run went on within, the part that was done here.
                Rate(epochSteps, epochSeconds),
                clock.GetElapsedTime(epochStart)
            )
            {
                DataWait = waitedShare,
                EvalMetric = EvalMetric,
                Score = NumberOrNothing(EvalMetric.Of(evaluation)),
                Weights = weights,
                OtherScore = other is null ? null : NumberOrNothing(EvalMetric.Of(other)),
            }
        );
        (progress, evaluated) = (null, true);
    }

    internal TrainingRun Finish(bool interrupted) =>
        new()
        {
            Model = ModelName,
            TrainData = TrainData.Name,
            ValidationData = ValidationData.Name,
            Classes = TrainData.Classes,
            MultiLabel = TrainData.IsMultiLabel,
            InputShape = [TrainData.Channels, TrainData.Height, TrainData.Width],
            Options = Options,
            Augmentations = TrainData.Augmentations,
            Notes = Notes,
            Teacher = Teacher?.Description.Model,
            UninformedLoss = UninformedLoss,
            Steps = steps,
            Epochs = epochs,
            StepsPerEpoch = StepsPerEpoch,
            Interrupted = interrupted,
            Warnings = warnings,
            Processes = Exchange?.Processes ?? 1,
            Exchange = SharesOf(trainingSeconds - trainingSecondsBefore),
            Duration = Elapsed,
            ImagesPerSecond = Rate(steps.Count, trainingSeconds),
        };

    private TrainingProgress Describe()
    {
        // The averages start at zero; dividing by the weight they have gathered so far removes that pull. A run that goes on has gathered none.
        var gathered = averaged == 0 ? 1 : 1 - Math.Pow(Kept, averaged);
        var secondsPerStep = secondsAverage / gathered;
        var stepSeconds = (Steps - steps.Count) * secondsPerStep;
        var evaluationSeconds = (Options.TotalEpochs - epochs.Count) * this.evaluationSeconds;
        return new TrainingProgress
        {
            Epoch = epoch,
            Epochs = Options.TotalEpochs,
            Step = steps.Count,
            Steps = Steps,
            Loss = steps[^1].Loss,
            SmoothedLoss = lossGathered > 0 ? lossAverage / lossGathered : steps[^1].Loss,
            LearningRate = steps[^1].LearningRate,
            ImagesPerSecond = Rate(1, secondsPerStep),
            Elapsed = Elapsed,
            Warnings = [.. warnings],
            DataWait = waitedShare,
            Memory = Memory(),
            Exchange = SharesOf(epochSeconds, epochExchange),
            Remaining = TimeSpan.FromSeconds(stepSeconds + evaluationSeconds),
            Completed = evaluated ? epochs[^1] : null,
        };
    }

    private ExchangeShares? SharesOf(double seconds, (TimeSpan Communicated, TimeSpan Waited) before = default) =>
        Exchange is not null && seconds > 0
            ? new ExchangeShares(
                Exchange.Processes,
                Math.Min(1, (Exchange.Communicated - before.Communicated).TotalSeconds / seconds),
                Math.Min(1, (Exchange.Waited - before.Waited).TotalSeconds / seconds)
            )
            : null;

    private long? Memory()
    {
        if (memory is null || clock.GetElapsedTime(memoryAt) >= TimeSpan.FromSeconds(1))
        {
            (memory, memoryAt) = (Machine.ResidentMemory(), clock.GetTimestamp());
        }

        return memory;
    }

    private static double? NumberOrNothing(double value) => double.IsFinite(value) ? value : null;

    private double Rate(int steps, double seconds) =>
        seconds > 0 ? steps * Options.BatchSize * Options.GradAccumSteps / seconds : 0;
}
