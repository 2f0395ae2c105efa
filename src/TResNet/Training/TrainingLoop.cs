using TResNet.Compute;
using TResNet.Data.Loading;
using TResNet.Evaluation;

namespace TResNet.Training;

/// <summary>The epochs of a run: steps, then an evaluation, each of which observers are told of.</summary>
internal sealed class TrainingLoop(
    TrainingSession run,
    BatchSampler order,
    ITrainingObserver observers,
    CancellationToken cancel
)
{
    private readonly TrainingOptions options = run.Options;
    private readonly TrainingStep step = new(run.Model, run.Options, run.Optimizer)
    {
        Average = run.Average,
        Scale = run.Scale,
        Steps = run.Steps,
    };
    private readonly LearningRateSchedule schedule = new(run.Options, run.StepsPerEpoch);
    private readonly ProgressiveResizing sizes = new(run.Options, run.Model, run.TrainData);

    /// <summary>Does an epoch, or what is left of it where a run goes on within.</summary>
    /// <param name="epoch">Which one, from 1.</param>
    /// <exception cref="OperationCanceledException">It was cancelled between two steps, or within the evaluation.</exception>
    public void Epoch(int epoch)
    {
        Train(epoch);
        using (run.Average?.InPlace())
        {
            run.EndEpoch(
                Evaluator.Evaluate(
                    run.Model,
                    run.ValidationData,
                    options.EvaluationBatchSize,
                    null,
                    cancel,
                    options.ComputeType,
                    keepProbabilities: run.EvalMetric.NeedsProbabilities()
                )
            );
            observers.Evaluated(run);
        }

        observers.EpochDone(run);
    }

    private void Train(int epoch)
    {
        run.Model.train();
        run.BeginEpoch(epoch);
        var done = run.StepsDone - (epoch - 1) * run.StepsPerEpoch;
        using var batches = Load(epoch, done * options.GradAccumSteps);
        for (var i = done; i < run.StepsPerEpoch; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var number = run.StepsDone + 1;
            var rate = schedule.At(number);
            run.EndStep(step.Run(number, rate, batches.Take(options.GradAccumSteps)), rate, batches.Waited);
            observers.StepDone(run);
        }
    }

    private TrainingBatches Load(int epoch, int batchesDone) =>
        new(
            sizes.At(epoch),
            order.Epoch(epoch).Skip(batchesDone),
            epoch,
            options,
            Placement.Of(run.Model).Pins,
            cancel
        );
}
