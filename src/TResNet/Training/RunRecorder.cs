// The history of a run and the clock beside it, so that the loop itself only trains.

using System.Globalization;
using TResNet.Compute;
using TResNet.Data;
using TResNet.Evaluation;
using TResNet.Training.Runs;

namespace TResNet.Training;

/// <summary>Collects what happens in a run and tells the observer.</summary>
internal sealed class RunRecorder(
    string model,
    ImageDataset train,
    ImageDataset validation,
    TrainingOptions options,
    int stepsPerEpoch,
    IProgress<TrainingProgress>? progress,
    RunHistory? before = null,
    TimeProvider? clock = null
)
{
    // An exponential average that remembers about 20 steps.
    private const double Kept = 0.95;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly long _start = (clock ?? TimeProvider.System).GetTimestamp();
    private readonly RunHistory _before = before ?? RunHistory.Empty;
    private readonly List<StepResult> _steps = [.. before?.Steps ?? []];
    private readonly List<EpochResult> _epochs = [.. before?.Epochs ?? []];
    private readonly List<string> _warnings = [];
    private long _epochStart;
    private long _stepStart;
    private int _epoch;
    private double _trainingSeconds = before?.TrainingSeconds ?? 0;
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

    /// <summary>All steps of the run.</summary>
    public int Steps => options.Epochs * stepsPerEpoch;

    /// <summary>Steps done.</summary>
    public int StepsDone => _steps.Count;

    /// <summary>Epochs that were evaluated.</summary>
    public int EpochsDone => _epochs.Count;

    /// <summary>Whether no epoch before the last one had as high a top-1.</summary>
    public bool LastIsBest => _epochs.Count > 0 && _epochs.SkipLast(1).All(e => e.Top1 < _epochs[^1].Top1);

    /// <summary>What was done so far.</summary>
    public RunHistory History => new(_steps, _epochs, Elapsed, _trainingSeconds);

    private TimeSpan Elapsed => _before.Duration + _clock.GetElapsedTime(_start);

    /// <summary>Notes what went wrong without ending the run.</summary>
    public void Warn(string message)
    {
        if (!_warnings.Contains(message))
        {
            _warnings.Add(message);
        }
    }

    public void BeginEpoch(int epoch)
    {
        _epoch = epoch;
        (_epochSeconds, _epochSteps, _waitedShare) = (0, 0, 0);
        _epochStart = _stepStart = _clock.GetTimestamp();
    }

    /// <summary>Stops a run whose loss is no number any more, before it reaches the weights.</summary>
    public void Refuse(double loss, double rate, string? layer)
    {
        var place = layer is null ? "" : $"; {layer} is the first layer that gives no finite numbers";
        throw new TResNetException(
            $"The loss became {loss.ToString(CultureInfo.InvariantCulture)} at step {_steps.Count + 1} of {Steps}, where the learning rate was "
                + $"{rate.ToString("G3", CultureInfo.InvariantCulture)}{place}; train again with a learning rate below {options.LearningRate.ToString(CultureInfo.InvariantCulture)}."
        );
    }

    /// <summary>Notes a step.</summary>
    /// <param name="loss">Its mean loss; NaN where it had no image.</param>
    /// <param name="rate">Its learning rate.</param>
    /// <param name="waited">How long training stood still for want of images, in this epoch so far.</param>
    public void EndStep(double loss, double rate, TimeSpan waited = default)
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
        Report(completed: null);
    }

    public void EndEpoch(EvaluationResult evaluation)
    {
        _evaluationSeconds = _clock.GetElapsedTime(_stepStart).TotalSeconds;
        var losses = _steps.TakeLast(stepsPerEpoch).Select(step => step.Loss).Where(double.IsFinite).ToArray();
        if (losses.Length == 0)
        {
            throw new TResNetException(
                $"No batch of epoch {_epoch} had two images that could be read: {train.Skipped?.Describe(1).ReplaceLineEndings(" ")}; replace or remove the damaged files."
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
        Report(_epochs[^1]);
    }

    public TrainingRun Finish(bool interrupted) =>
        new()
        {
            Model = model,
            TrainData = train.Name,
            ValidationData = validation.Name,
            Classes = train.Classes,
            InputShape = [train.Channels, train.Height, train.Width],
            Options = options,
            Augmentations = train.Augmentations,
            Steps = _steps,
            Epochs = _epochs,
            StepsPerEpoch = stepsPerEpoch,
            Interrupted = interrupted,
            Warnings = _warnings,
            Duration = Elapsed,
            ImagesPerSecond = Rate(_steps.Count, _trainingSeconds),
        };

    private void Report(EpochResult? completed)
    {
        // The averages start at zero; dividing by the weight they have gathered so far removes that pull. A run that goes on has gathered none.
        var gathered = _averaged == 0 ? 1 : 1 - Math.Pow(Kept, _averaged);
        var secondsPerStep = _secondsAverage / gathered;
        var stepSeconds = (Steps - _steps.Count) * secondsPerStep;
        var evaluationSeconds = (options.Epochs - _epochs.Count) * _evaluationSeconds;
        progress?.Report(
            new TrainingProgress
            {
                Epoch = _epoch,
                Epochs = options.Epochs,
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
                Completed = completed,
            }
        );
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
        seconds > 0 ? steps * options.BatchSize * options.GradAccumSteps / seconds : 0;
}
