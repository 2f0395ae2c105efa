using TResNet.Compute.Distributed;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Training.Distributed;
using TResNet.Training.Runs;

namespace TResNet.Training;

/// <summary>The epochs of a run: steps, then an evaluation, each of which observers are told of.</summary>
internal sealed class TrainingLoop(
    TrainingSession run,
    BatchSampler order,
    ITrainingObserver observers,
    ProcessGroup group,
    AgreedStop stop
)
{
    private readonly TrainingOptions options = run.Options;
    private readonly TrainingStep step = new(run.Model, run.Options, run.Optimizer)
    {
        Exchange = run.Exchange,
        Rank = group.Rank,
        Average = run.Average,
        Scale = run.Scale,
        Teacher = run.Teacher,
        Steps = run.Steps,
        IsMultiLabel = run.TrainData.IsMultiLabel,
        HasUnknown = run.TrainData.HasUnknown,
    };
    private readonly LearningRateSchedule schedule = new(run.Options, run.StepsPerEpoch);
    private readonly ProgressiveResizing sizes = new(run.Options, run.Model, run.TrainData);

    /// <summary>Does an epoch, or what is left of it where a run goes on within.</summary>
    /// <param name="epoch">Which one, from 1.</param>
    /// <exception cref="OperationCanceledException">It was cancelled between two steps, or within the evaluation.</exception>
    public void Epoch(int epoch)
    {
        Train(epoch);
        var network = Evaluate();
        if (run.Average is null)
        {
            run.EndEpoch(network);
            observers.Evaluated(run);
        }
        else
        {
            Compare(run.Average, network);
        }

        Replicas.RequireEqual(group, run.Model, $"after epoch {epoch}");
        observers.EpochDone(run);
    }

    /// <summary>Evaluates the average too, and shows the better of the two to observers.</summary>
    private void Compare(WeightAverage weights, EvaluationResult network)
    {
        EvaluationResult average;
        using (weights.InPlace())
        {
            average = Evaluate();
            if (!run.EvalMetric.IsBetter(network, average))
            {
                run.EndEpoch(average, EvaluatedWeights.Average, network);
                observers.Evaluated(run);
                return;
            }
        }

        run.EndEpoch(network, EvaluatedWeights.Network, average);
        observers.Evaluated(run);
    }

    private EvaluationResult Evaluate() =>
        Evaluator.Evaluate(
            run.Model,
            run.ValidationData,
            options.EvaluationBatchSize,
            group,
            stop,
            options.ComputeType,
            run.EvalMetric.NeedsProbabilities()
        );

    private void Train(int epoch)
    {
        run.Model.train();
        run.Frozen?.Hold();
        run.BeginEpoch(epoch);
        var done = run.StepsDone - (epoch - 1) * run.StepsPerEpoch;
        using var batches = Load(epoch, done * options.GradAccumSteps);
        stop.Agree();
        for (var i = done; i < run.StepsPerEpoch; i++)
        {
            stop.Token.ThrowIfCancellationRequested();
            var number = run.StepsDone + 1;
            var rate = schedule.At(number, run.Epochs);
            var loss = step.Run(number, rate, batches.Take(options.GradAccumSteps), schedule.MomentumAt(number));
            run.EndStep(loss, rate, batches.Waited);
            observers.StepDone(run);
        }
    }

    private TrainingBatches Load(int epoch, int batchesDone) =>
        TrainingBatches.Of(
            run.Model,
            sizes.At(epoch),
            options,
            order.Epoch(epoch).Skip(batchesDone).Select(batch => BatchShare.Of(batch, group)),
            epoch,
            stop.Token,
            // Whether they are enough is for all processes to say.
            fewest: group.IsShared ? 0 : 2
        );
}
