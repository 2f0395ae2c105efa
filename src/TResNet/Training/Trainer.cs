// The training loop, from top to bottom. What it reports goes to an observer; what it returns is RunRecorder's.

using TorchSharp;
using TorchSharp.Modules;
using TResNet.Data;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Training;

/// <summary>Trains a network on a data set.</summary>
/// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>; trained where it is, on its device.</param>
/// <param name="train">The images to train on, of the size and channels that the network takes.</param>
/// <param name="heldOut">The images to evaluate on after each epoch.</param>
/// <param name="options">The recipe; null for the defaults.</param>
public sealed class Trainer(
    nn.Module<Tensor, Tensor> model,
    ImageDataset train,
    ImageDataset heldOut,
    TrainingOptions? options = null
)
{
    private const ulong AugmentationPurpose = 2;

    private readonly TrainingOptions _options = (options ?? new TrainingOptions()).Validate();

    /// <summary>
    /// Runs all epochs. The images that do not fill a last batch wait for another epoch. Afterwards the network is in evaluation mode.
    /// </summary>
    /// <param name="progress">Told after every step, and once more after each evaluation.</param>
    /// <param name="cancel">Honoured between two steps; the network then holds the weights of the last step done.</param>
    /// <returns>The run, marked as interrupted if it was cancelled.</returns>
    /// <exception cref="TResNetException">
    /// The network and the images do not fit, there are fewer images than a batch holds, or the loss stopped being a number.
    /// </exception>
    public TrainingRun Fit(IProgress<TrainingProgress>? progress = null, CancellationToken cancel = default)
    {
        InputCheck.Require(model, train);
        InputCheck.Require(model, heldOut);
        var order = new BatchOrder(train.Count, _options.BatchSize, _options.Seed);
        var augmentation = new Augmentation(_options.Flip, _options.Shift);
        var run = new RunRecorder(model.GetName(), train, heldOut, _options, order.Batches, progress);
        Backend.ToChannelsLast(model);
        var placement = Placement.Of(model);

        manual_seed(_options.Seed);
        using var optimizer = Optimizer();
        var schedule = OneCycle(optimizer, run.Steps);
        try
        {
            for (var epoch = 1; epoch <= _options.Epochs; epoch++)
            {
                model.train();
                run.BeginEpoch(epoch);
                var random = SplitMix64.For(_options.Seed, epoch, AugmentationPurpose);
                foreach (var batch in order.Epoch(epoch))
                {
                    cancel.ThrowIfCancellationRequested();
                    using var scope = NewDisposeScope();
                    var (originals, targets) = train.GetBatch(batch);
                    var (images, labels) = placement.Move((augmentation.Apply(originals, random), targets));

                    var rate = optimizer.ParamGroups.First().LearningRate;
                    var loss = functional.cross_entropy(
                        model.call(images),
                        labels,
                        label_smoothing: _options.LabelSmoothing
                    );
                    var value = loss.item<float>(); // waits for the device
                    run.RequireFinite(value, rate);

                    optimizer.zero_grad();
                    loss.backward();
                    optimizer.step();
                    schedule.step();
                    run.EndStep(value, rate);
                }

                run.EndEpoch(Evaluator.Evaluate(model, heldOut, _options.EvaluationBatchSize, cancel));
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return run.Finish(interrupted: true);
        }
        finally
        {
            model.eval();
            model.zero_grad();
        }

        return run.Finish(interrupted: false);
    }

    // Decay pulls weights towards zero; on norms and biases (rank 1) it would only pull the network's scale about.
    private SGD Optimizer()
    {
        var (momentum, decay) = (_options.Momentum, _options.WeightDecay);
        var trained = model.parameters().Where(parameter => parameter.requires_grad).ToList();
        SGD.ParamGroup Group(Func<Parameter, bool> belongs, double weightDecay) =>
            new(trained.Where(belongs), _options.LearningRate, momentum, 0, weightDecay, momentum > 0);
        return optim.SGD(
            [Group(parameter => parameter.dim() >= 2, decay), Group(parameter => parameter.dim() < 2, 0)],
            _options.LearningRate,
            momentum,
            nesterov: momentum > 0
        );
    }

    private optim.lr_scheduler.LRScheduler OneCycle(SGD optimizer, int steps)
    {
        // The rising part needs two steps and the falling one a third: a shorter cycle would divide by zero.
        var total = Math.Max(steps, 3);
        return optim.lr_scheduler.OneCycleLR(
            optimizer,
            _options.LearningRate,
            total_steps: total,
            pct_start: Math.Max(_options.WarmUp, 2.0 / total),
            cycle_momentum: false
        );
    }
}
