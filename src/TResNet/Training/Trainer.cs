// The training loop, from top to bottom. What it reports goes to an observer; what it returns is RunRecorder's; what survives a crash is
// RunFolder's. Everything random is a function of the seed and the step, so a run that was stopped goes on as if it had not been.

using TResNet.Compute;
using TResNet.Data;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Profiling;
using TResNet.Profiling.Counting;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>Trains a network on a data set.</summary>
/// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>; trained where it is, on its device.</param>
/// <param name="train">The images to train on, of the size and channels that the network takes.</param>
/// <param name="validation">The images to evaluate on after each epoch.</param>
/// <param name="options">The recipe; null for the defaults.</param>
/// <param name="folder">Where the run is kept, and goes on from; null to keep nothing.</param>
public sealed class Trainer(
    nn.Module<Tensor, Tensor> model,
    ImageDataset train,
    ImageDataset validation,
    TrainingOptions? options = null,
    RunFolder? folder = null
)
{
    private readonly TrainingOptions _options = (options ?? new TrainingOptions()).Validate();

    /// <summary>The scale of the loss, which float16 cannot do without.</summary>
    internal LossScale? Scale { get; init; } = options?.ComputeType == ComputeType.Float16 ? new LossScale() : null;

    /// <summary>
    /// Runs all epochs, or those left of a run that goes on. The images that do not fill a last step wait for another epoch. Afterwards the
    /// network is in evaluation mode, with the average of its weights where the recipe asks for one.
    /// </summary>
    /// <param name="progress">Told after every step, and once more after each evaluation.</param>
    /// <param name="cancel">Honoured between two steps; the network then holds the weights of the last step done, and the folder its state.</param>
    /// <returns>The run, marked as interrupted if it was cancelled.</returns>
    /// <exception cref="TResNetException">
    /// The network and the images do not fit, there are fewer images than a step takes, or none that can be read, the loss stopped being a number, or the folder is of
    /// another run, or the device does not compute in the precision.
    /// </exception>
    public TrainingRun Fit(IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default)
    {
        train.RequireImages();
        validation.RequireImages();
        DatasetCheck.Require(model, train);
        DatasetCheck.Require(model, validation);
        _options.ComputeType.Require(Placement.Of(model).Device);
        var order = new BatchOrder(train.Count, _options.BatchSize, _options.Seed);
        var augmentation = new Augmentation(_options.Flip, _options.Shift, _options.Seed);
        var sizes = new ProgressiveResizing(_options, model, train);
        var stepsPerEpoch = order.StepsPerEpoch(_options.GradAccumSteps);
        RequireRoom();
        var schedule = new LearningRateSchedule(_options, stepsPerEpoch);
        MemoryFormat.ToChannelsLast(model);
        using var optimizer = OptimizerFactory.Create(model, _options);
        using var average = _options.ModelEmaDecay > 0 ? new WeightAverage(model, _options.ModelEmaDecay) : null;
        var keeper = new RunKeeper(
            folder,
            model,
            train,
            validation,
            _options,
            average,
            optimizer,
            Scale,
            _options.Epochs * stepsPerEpoch
        );
        var run = new RunRecorder(
            model.DisplayName(),
            train,
            validation,
            _options,
            stepsPerEpoch,
            progress,
            keeper.Resume()
        );
        var step = new TrainingStep(model, _options, optimizer, average, Scale, Placement.Of(model));
        try
        {
            for (var epoch = run.EpochsDone + 1; epoch <= _options.Epochs; epoch++)
            {
                model.train();
                run.BeginEpoch(epoch);
                var from = run.StepsDone - (epoch - 1) * stepsPerEpoch;
                using (var batches = Load(epoch, from))
                {
                    for (var i = from; i < stepsPerEpoch; i++)
                    {
                        cancel.ThrowIfCancellationRequested();
                        var number = run.StepsDone + 1;
                        var rate = schedule.At(number);
                        var loss = step.Run(number, rate, batches.Take(_options.GradAccumSteps), run.Refuse);
                        run.EndStep(loss, rate, batches.Waited);
                        keeper.Step(run);
                    }
                }

                using (average?.InPlace())
                {
                    var (images, computeType) = (_options.EvaluationBatchSize, _options.ComputeType);
                    run.EndEpoch(Evaluator.Evaluate(model, validation, images, null, cancel, computeType));
                    keeper.Weights(run);
                }

                keeper.Epoch(run);
            }

            average?.Keep();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            keeper.Interrupted(run);
            return run.Finish(interrupted: true) with { Folder = folder, Notes = keeper.Notes };
        }
        finally
        {
            keeper.Close(run);
            model.eval();
            model.zero_grad();
            HostMemory.Release();
        }

        return run.Finish(interrupted: false) with
        {
            Folder = folder,
            Notes = keeper.Notes,
        };

        // Both before the first step: an evaluation without room would end the run after its first epoch.
        void RequireRoom()
        {
            var training = new ThroughputOptions { Mode = ThroughputMode.Training, ComputeType = _options.ComputeType };
            var evaluation = training with { Mode = ThroughputMode.Inference };
            Require(train, training with { BatchSize = _options.BatchSize });
            Require(
                validation,
                evaluation with
                {
                    BatchSize = Math.Min(_options.EvaluationBatchSize, validation.Count),
                }
            );

            void Require(ImageDataset data, ThroughputOptions batch) =>
                MemoryEstimate.Require(model, [data.Channels, data.Height, data.Width], batch);
        }

        TrainingBatches Load(int epoch, int from) =>
            new(
                sizes.At(epoch),
                augmentation,
                order.Epoch(epoch).Skip(from * _options.GradAccumSteps),
                epoch,
                _options.Workers,
                Placement.Of(model).Pins,
                cancel
            );
    }
}
