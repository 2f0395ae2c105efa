// What happens in a run, as its observers see it: the parts that train, the history, and the clock beside it, so that the loop itself only trains.

using TResNet.Compute;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Training.Runs;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>A training under way.</summary>
public sealed class TrainingSession
{
    // An exponential average that remembers about 20 steps.
    private const double Kept = 0.95;

    private readonly TimeProvider _clock;
    private readonly long _start;
    private readonly List<StepResult> _steps = [];
    private readonly List<EpochResult> _epochs = [];
    private readonly List<string> _warnings = [];
    private TimeSpan _durationBefore;
    private long _epochStart;
    private long _stepStart;
    private int _epoch;
    private double _trainingSeconds;
    private bool _evaluated;
    private TrainingProgress? _progress;
    private int _averaged;
    private int _epochSteps;
    private long? _memory;
    private long _memoryAt;
    private double _waitedShare;
    private double _epochSeconds;
    private double _evaluationSeconds;
    private double _lossAverage;
    private double _lossGathered;
    private double _secondsAverage;

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
        _clock = clock ?? TimeProvider.System;
        _start = _clock.GetTimestamp();
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
    public int Steps => Options.Epochs * StepsPerEpoch;

    /// <summary>Every epoch that was evaluated, those before a run went on included.</summary>
    public IReadOnlyList<EpochResult> Epochs => _epochs;

    /// <summary>Whether no epoch before the last one had as high a top-1.</summary>
    public bool LastIsBest => _epochs.Count > 0 && _epochs.SkipLast(1).All(e => e.Top1 < _epochs[^1].Top1);

    /// <summary>Where the run stands; after the first step.</summary>
    public TrainingProgress Progress => _progress ??= Describe();

    /// <summary>What whoever began the run noted with it.</summary>
    public IReadOnlyDictionary<string, string> Notes { get; internal set; } = RunFolder.NoNotes;

    /// <summary>What was done so far.</summary>
    internal RunHistory History => new(_steps, _epochs, Elapsed, _trainingSeconds);

    /// <summary>Steps done.</summary>
    internal int StepsDone => _steps.Count;

    /// <summary>What changes the weights.</summary>
    internal optim.Optimizer Optimizer { get; init; } = null!;

    /// <summary>The average of the weights; null without one.</summary>
    internal WeightAverage? Average { get; init; }

    /// <summary>The scale of the loss, which float16 cannot do without.</summary>
    internal LossScale? Scale { get; init; }

    private TimeSpan Elapsed => _durationBefore + _clock.GetElapsedTime(_start);

    /// <summary>Takes over what the run did before.</summary>
    internal void GoOnFrom(RunHistory before)
    {
        _steps.AddRange(before.Steps);
        _epochs.AddRange(before.Epochs);
        (_durationBefore, _trainingSeconds) = (before.Duration, before.TrainingSeconds);
    }

    /// <summary>Notes what went wrong without ending the run.</summary>
    /// <param name="message">One sentence, shown once.</param>
    public void Warn(string message)
    {
        _progress = null;
        if (!_warnings.Contains(message))
        {
            _warnings.Add(message);
        }
    }

    internal void BeginEpoch(int epoch)
    {
        _epoch = epoch;
        (_epochSeconds, _epochSteps, _waitedShare) = (0, 0, 0);
        _epochStart = _stepStart = _clock.GetTimestamp();
    }

    /// <summary>Notes a step.</summary>
    /// <param name="loss">Its mean loss; NaN where it had no image.</param>
    /// <param name="rate">Its learning rate.</param>
    /// <param name="waited">How long training stood still for want of images, in this epoch so far.</param>
    internal void EndStep(double loss, double rate, TimeSpan waited = default)
    {
        var now = _clock.GetTimestamp();
        var seconds = _clock.GetElapsedTime(_stepStart, now).TotalSeconds;
        _stepStart = now;
        _trainingSeconds += seconds;
        _epochSeconds += seconds;
        if (double.IsFinite(loss))
        {
            _lossAverage = Kept * _lossAverage + (1 - Kept) * loss;
            _lossGathered = Kept * _lossGathered + (1 - Kept);
        }

        _secondsAverage = Kept * _secondsAverage + (1 - Kept) * seconds;
        _averaged++;
        _epochSteps++;
        _waitedShare = _epochSeconds > 0 ? Math.Min(1, waited.TotalSeconds / _epochSeconds) : 0;
        _steps.Add(new StepResult(_steps.Count + 1, _epoch, loss, rate));
        (_progress, _evaluated) = (null, false);
    }

    internal void EndEpoch(EvaluationResult evaluation)
    {
        _evaluationSeconds = _clock.GetElapsedTime(_stepStart).TotalSeconds;
        var losses = _steps.TakeLast(StepsPerEpoch).Select(step => step.Loss).Where(double.IsFinite).ToArray();
        if (losses.Length == 0)
        {
            throw new TResNetException(
                $"No batch of epoch {_epoch} had two images that could be read: {TrainData.Skipped?.Describe(1).ReplaceLineEndings(" ")}; replace or remove the damaged files."
            );
        }

        _epochs.Add(
            new EpochResult(
                _epoch,
                _steps.Count,
                losses.Average(),
                evaluation.Loss,
                evaluation.Top1,
                // Of an epoch that a run went on within, the part that was done here.
                Rate(_epochSteps, _epochSeconds),
                _clock.GetElapsedTime(_epochStart)
            )
            {
                DataWait = _waitedShare,
            }
        );
        (_progress, _evaluated) = (null, true);
    }

    internal TrainingRun Finish(bool interrupted) =>
        new()
        {
            Model = ModelName,
            TrainData = TrainData.Name,
            ValidationData = ValidationData.Name,
            Classes = TrainData.Classes,
            InputShape = [TrainData.Channels, TrainData.Height, TrainData.Width],
            Options = Options,
            Augmentations = TrainData.Augmentations,
            Notes = Notes,
            Steps = _steps,
            Epochs = _epochs,
            StepsPerEpoch = StepsPerEpoch,
            Interrupted = interrupted,
            Warnings = _warnings,
            Duration = Elapsed,
            ImagesPerSecond = Rate(_steps.Count, _trainingSeconds),
        };

    private TrainingProgress Describe()
    {
        // The averages start at zero; dividing by the weight they have gathered so far removes that pull. A run that goes on has gathered none.
        var gathered = _averaged == 0 ? 1 : 1 - Math.Pow(Kept, _averaged);
        var secondsPerStep = _secondsAverage / gathered;
        var stepSeconds = (Steps - _steps.Count) * secondsPerStep;
        var evaluationSeconds = (Options.Epochs - _epochs.Count) * _evaluationSeconds;
        return new TrainingProgress
        {
            Epoch = _epoch,
            Epochs = Options.Epochs,
            Step = _steps.Count,
            Steps = Steps,
            Loss = _steps[^1].Loss,
            SmoothedLoss = _lossGathered > 0 ? _lossAverage / _lossGathered : _steps[^1].Loss,
            LearningRate = _steps[^1].LearningRate,
            ImagesPerSecond = Rate(1, secondsPerStep),
            Elapsed = Elapsed,
            Warnings = [.. _warnings],
            DataWait = _waitedShare,
            Memory = Memory(),
            Remaining = TimeSpan.FromSeconds(stepSeconds + evaluationSeconds),
            Completed = _evaluated ? _epochs[^1] : null,
        };
    }

    private long? Memory()
    {
        if (_memory is null || _clock.GetElapsedTime(_memoryAt) >= TimeSpan.FromSeconds(1))
        {
            (_memory, _memoryAt) = (Machine.ResidentMemory(), _clock.GetTimestamp());
        }

        return _memory;
    }

    private double Rate(int steps, double seconds) =>
        seconds > 0 ? steps * Options.BatchSize * Options.GradAccumSteps / seconds : 0;
}
