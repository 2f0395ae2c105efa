// A training, from top to bottom: TrainingLoop does the epochs, TrainingSession is what is known meanwhile, and observers do the rest: show, log, keep.
// Everything random is a function of the seed and the step, so a run that was stopped goes on as if it had not been.

using TResNet.Building;
using TResNet.Compute;
using TResNet.Compute.Distributed;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using TResNet.Training.Distributed;
using TResNet.Training.Runs;
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
    private readonly TrainingOptions options = (options ?? new TrainingOptions()).Validate();

    /// <summary>Who is told what happens, beside whom <see cref="Fit"/> is given.</summary>
    public IReadOnlyList<ITrainingObserver> Observers { get; init; } = [];

    /// <summary>
    /// A trained network for the same classes whose answers the network learns beside the labels (knowledge distillation, arXiv 1503.02531); null for none. It
    /// sees the same images, changed and mixed as they are, in its own size and with its own mean and standard deviation, and is left as it is.
    /// <see cref="TrainingOptions.KdTemperature"/> and the weights beside it say how it counts.
    /// </summary>
    public nn.Module<Tensor, Tensor>? Teacher { get; init; }

    /// <summary>The processes that train together; the first of them writes and shows.</summary>
    internal ProcessGroup Group { get; init; } = ProcessGroup.Current;

    /// <summary>The scale of the loss, which float16 cannot do without.</summary>
    internal LossScale? Scale { get; init; } = options?.ComputeType == ComputeType.Float16 ? new LossScale() : null;

    /// <summary>
    /// Runs all epochs, or those left of a run that goes on. The images that do not fill a last step wait for another epoch. Afterwards the
    /// network is in evaluation mode, with the average of its weights where the recipe asks for one and it was the better one in the end, or with the
    /// weights of the best epoch where the recipe stops early.
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
        RequireFit();
        BatchShare.Require(this.options.BatchSize, Group);
        SyncBnCheck.Require(this.options.SyncBn, model, Placement.Of(model).Device, Group);
        using var held = folder is null || !Group.IsFirst ? null : RunLock.Take(folder.Path);
        // Those that it has are for the weights that it begins with.
        (model as Network)?.Thresholds = null;
        using var teacher = TResNet.Training.Teacher.Of(Teacher, model, train, this.options);
        using var frozen = FrozenLayers.Of(model, this.options);
        var order = new BatchSampler(
            train.Count,
            this.options.BatchSize,
            this.options.Seed,
            train.Augmentations?.AugRepeats ?? 0
        );
        var stepsPerEpoch = order.StepsPerEpoch(this.options.GradAccumSteps);
        RequireRoom();
        BeginHead();
        MemoryFormat.ToChannelsLast(model);
        using var optimizer = OptimizerFactory.Create(model, this.options);
        var decay = AverageDecay.Of(this.options);
        using var average = decay is null ? null : new WeightAverage(model, decay, frozen);
        using var stop = new AgreedStop(Group, cancel);
        // Before anything is exchanged, which other devices or networks would do otherwise.
        Replicas.RequireAlike(Group, Fingerprint.Of(model, train, validation, this.options, teacher));
        using var exchange = Group.IsShared ? new StepExchange(Group, model, ShapeOf(this.options), stop) : null;
        var run = new TrainingSession(model, train, validation, this.options, stepsPerEpoch)
        {
            Exchange = exchange,
            Optimizer = optimizer,
            Average = average,
            Scale = Scale,
            Frozen = frozen,
            Teacher = teacher,
            UninformedLoss = UninformedLoss.Of(this.options, train, teacher),
        };
        using var early = this.options.EarlyStopPatience is null ? null : new EarlyStopping(folder);
        var observers = ObserversOf(run, progress, early);
        var end = TrainingEnd.Failed;
        try
        {
            if (run.StepsDone == 0 && decay?.Warning(run.Steps) is { } warning)
            {
                run.Warn(warning);
            }

            Unite(run);
            observers.Started(run);
            var loop = new TrainingLoop(run, order, observers, Group, stop);
            while (run.Epochs.Count < this.options.TotalEpochs && !EarlyStopping.IsDue(this.options, run.Epochs))
            {
                loop.Epoch(run.Epochs.Count + 1);
            }

            if (early is not null)
            {
                early.Restore(run);
            }
            else if (run.Epochs[^1].Weights != EvaluatedWeights.Network)
            {
                average?.Keep();
            }

            Replicas.GatherSkipped(Group, train);
            Replicas.GatherSkipped(Group, validation);
            end = TrainingEnd.Finished;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            end = TrainingEnd.Interrupted;
        }
        finally
        {
            observers.Ended(run, end);
            model.eval();
            model.zero_grad();
        }

        // What the first one writes is there for all.
        Group.Barrier();
        exchange?.Leave();
        return run.Finish(end == TrainingEnd.Interrupted) with { Folder = folder };
    }

    // Of a run that goes on, the state has the last word.
    private void BeginHead()
    {
        if ((this.options.HeadInitScale ?? this.options.HeadInitBias) is null)
        {
            return;
        }

        if (model is not Network network)
        {
            throw new TResNetException(
                $"{model.GetName()} is no network of this library and has no head to begin with other weights: leave the scale and the bias of the head out, and set its weights yourself."
            );
        }

        network.BeginHead(this.options.HeadInitScale, this.options.HeadInitBias);
    }

    /// <summary>
    /// Trains for some steps with a rising learning rate, and puts the network back as it was, bit for bit: <see cref="RangeTest"/>.
    /// </summary>
    /// <param name="range">The learning rates.</param>
    /// <param name="progress">Told after every step, with the averaged loss.</param>
    /// <param name="cancel">Honoured between two steps.</param>
    /// <exception cref="TResNetException">As of <see cref="Fit"/>.</exception>
    internal LearningRateCurve FindLearningRate(
        LearningRateRange range,
        IProgress<StepResult>? progress = null,
        CancellationToken cancel = default
    )
    {
        range.Validate();
        var (isTraining, network) = (model.training, model as Network);
        var wasMultiLabel = network?.MultiLabel ?? false;
        using var before = new WeightsCopy(model);
        try
        {
            RequireFit();
            using var teacher = TResNet.Training.Teacher.Of(Teacher, model, train, this.options);
            using var frozen = FrozenLayers.Of(model, this.options);
            var order = new BatchSampler(train.Count, this.options.BatchSize, this.options.Seed);
            var stepsPerEpoch = order.StepsPerEpoch(this.options.GradAccumSteps);
            RequireRoom();
            BeginHead();
            MemoryFormat.ToChannelsLast(model);
            using var optimizer = OptimizerFactory.Create(model, this.options);
            var step = new TrainingStep(model, this.options, optimizer)
            {
                Scale = Scale,
                Teacher = teacher,
                Steps = range.Steps,
                IsMultiLabel = train.IsMultiLabel,
                HasUnknown = train.HasUnknown,
            };
            model.train();
            frozen?.Hold();
            var (steps, smoothed, end) = new RangeTest(step, range).Run(
                epoch =>
                    (TrainingBatches.Of(model, train, this.options, order.Epoch(epoch), epoch, cancel), stepsPerEpoch),
                this.options.GradAccumSteps,
                progress,
                cancel
            );
            return new LearningRateCurve(steps, smoothed, end)
            {
                Options = this.options,
                Model = model.DisplayName(),
                Data = train.Name,
                Planned = range.Steps,
            };
        }
        finally
        {
            before.Restore();
            model.zero_grad();
            model.train(isTraining);
            network?.MultiLabel = wasMultiLabel;
        }
    }

    /// <summary>Everybody who is told; where a run goes on, it has its state by now.</summary>
    private ITrainingObserver ObserversOf(
        TrainingSession run,
        IProgress<TrainingProgress>? progress,
        EarlyStopping? early
    )
    {
        List<ITrainingObserver> all = early is null ? [] : [early];
        if (progress is not null)
        {
            all.Add(new ProgressObserver(progress));
        }

        if (model is Network network)
        {
            all.Add(new WeightProvenance(network, folder));
        }

        all.AddRange(Observers);
        if (folder is not null)
        {
            var keeper = new StateKeeper(folder, Group.IsFirst);
            keeper.Resume(run);
            if (Group.IsFirst)
            {
                all.AddRange([keeper, new LogWriter(folder.Path)]);
            }
        }

        return new ObserverList(all);
    }

    private static StepShape ShapeOf(TrainingOptions options) =>
        new(options.GradAccumSteps, options.SyncBn, IsOneBackward: !options.GradCheckpointing);

    // Each has opened the images and the state by itself, and built the network.
    private void Unite(TrainingSession run)
    {
        if (!Group.IsShared)
        {
            return;
        }

        Replicas.RequireAlike(Group, Fingerprint.OfState(run, folder));
        Replicas.Broadcast(Group, [.. model.state_dict().Values, .. run.Average?.State.Values ?? []]);
    }

    private void RequireFit()
    {
        train.RequireImages();
        validation.RequireImages();
        DatasetCheck.Require(model, train);
        DatasetCheck.Require(model, validation);
        this.options.ComputeType.Require(Placement.Of(model).Device);
        (this.options.EvalMetric ?? EvalMetrics.Default(validation.IsMultiLabel)).Require(validation);
        if (this.options.GradCheckpointing && model is not Network)
        {
            throw new TResNetException(
                $"{model.GetName()} is no network of this library, so its blocks are not known and cannot be computed again in backward: leave gradient checkpointing out."
            );
        }

        if (this.options.BalancedSampling)
        {
            BalancedDraws.Require(train);
        }

        LossCheck.Require(this.options, train, model);
        if (model is Network network)
        {
            network.MultiLabel = network.Architecture.MultiLabel || train.IsMultiLabel;
            network.DataConfig = validation.DataConfig(network.DataConfig);
            network.Classes = train.Classes.Count == network.NumClasses ? [.. train.Classes] : null;
        }
    }

    // Both before the first step: an evaluation without room would end the run after its first epoch.
    private void RequireRoom()
    {
        var evaluation = new ThroughputOptions
        {
            Mode = ThroughputMode.Inference,
            ComputeType = this.options.ComputeType,
        };
        // Blocks that are computed again keep little more than a pass needs at once.
        var training = this.options.GradCheckpointing ? evaluation : evaluation with { Mode = ThroughputMode.Training };
        Require(train, training with { BatchSize = (this.options.BatchSize + Group.Size - 1) / Group.Size });
        Require(
            validation,
            evaluation with
            {
                BatchSize = Math.Min(this.options.EvaluationBatchSize, validation.Count),
            }
        );

        void Require(ImageDataset data, ThroughputOptions batch) =>
            MemoryEstimate.Require(model, [data.Channels, data.Height, data.Width], batch);
    }
}
