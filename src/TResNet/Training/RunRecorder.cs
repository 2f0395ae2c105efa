// The history of a run and the clock beside it, so that the loop itself only trains.

using System.Globalization;
using TResNet.Data;

namespace TResNet.Training;

/// <summary>Collects what happens in a run and tells the observer.</summary>
internal sealed class RunRecorder(
    string model,
    ImageDataset train,
    ImageDataset heldOut,
    TrainingOptions options,
    int stepsPerEpoch,
    IProgress<TrainingProgress>? progress,
    TimeProvider? clock = null
)
{
    // An exponential average that remembers about 20 steps.
    private const double Kept = 0.95;

    private readonly TimeProvider _clock = clock ?? TimeProvider.System;
    private readonly long _start = (clock ?? TimeProvider.System).GetTimestamp();
    private readonly List<StepResult> _steps = [];
    private readonly List<EpochResult> _epochs = [];
    private long _epochStart;
    private long _stepStart;
    private int _epoch;
    private double _trainingSeconds;
    private double _epochSeconds;
    private double _evaluationSeconds;
    private double _lossAverage;
    private double _secondsAverage;

    /// <summary>All steps of the run.</summary>
    public int Steps => options.Epochs * stepsPerEpoch;

    public void BeginEpoch(int epoch)
    {
        _epoch = epoch;
        _epochSeconds = 0;
        _epochStart = _stepStart = _clock.GetTimestamp();
    }

    /// <summary>Stops a run whose loss is no number any more, before it reaches the weights.</summary>
    public void RequireFinite(double loss, double rate)
    {
        if (!double.IsFinite(loss))
        {
            throw new TResNetException(
                $"The loss became {loss.ToString(CultureInfo.InvariantCulture)} at step {_steps.Count + 1} of {Steps}, where the learning rate was "
                    + $"{rate.ToString("G3", CultureInfo.InvariantCulture)}; train again with a learning rate below {options.LearningRate.ToString(CultureInfo.InvariantCulture)}."
            );
        }
    }

    public void EndStep(double loss, double rate)
    {
        var now = _clock.GetTimestamp();
        var seconds = _clock.GetElapsedTime(_stepStart, now).TotalSeconds;
        _stepStart = now;
        _trainingSeconds += seconds;
        _epochSeconds += seconds;
        _lossAverage = Kept * _lossAverage + (1 - Kept) * loss;
        _secondsAverage = Kept * _secondsAverage + (1 - Kept) * seconds;
        _steps.Add(new StepResult(_steps.Count + 1, _epoch, loss, rate));
        Report(completed: null);
    }

    public void EndEpoch(Evaluation evaluation)
    {
        _evaluationSeconds = _clock.GetElapsedTime(_stepStart).TotalSeconds;
        _epochs.Add(
            new EpochResult(
                _epoch,
                _steps.Count,
                _steps.TakeLast(stepsPerEpoch).Average(step => step.Loss),
                evaluation.Loss,
                evaluation.Top1,
                Rate(stepsPerEpoch, _epochSeconds),
                _clock.GetElapsedTime(_epochStart)
            )
        );
        Report(_epochs[^1]);
    }

    public TrainingRun Finish(bool interrupted) =>
        new()
        {
            Model = model,
            TrainData = train.Name,
            HeldOutData = heldOut.Name,
            Options = options,
            Steps = _steps,
            Epochs = _epochs,
            Interrupted = interrupted,
            Duration = _clock.GetElapsedTime(_start),
            ImagesPerSecond = Rate(_steps.Count, _trainingSeconds),
        };

    private void Report(EpochResult? completed)
    {
        // The average starts at zero; dividing by the weight it has gathered so far removes that pull.
        var gathered = 1 - Math.Pow(Kept, _steps.Count);
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
                SmoothedLoss = _lossAverage / gathered,
                LearningRate = _steps[^1].LearningRate,
                ImagesPerSecond = Rate(1, secondsPerStep),
                Elapsed = _clock.GetElapsedTime(_start),
                Remaining = TimeSpan.FromSeconds(stepSeconds + evaluationSeconds),
                Completed = completed,
            }
        );
    }

    private double Rate(int steps, double seconds) => seconds > 0 ? steps * options.BatchSize / seconds : 0;
}
