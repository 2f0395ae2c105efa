using TorchSharp;
using TResNet.Building;
using TResNet.Compute;
using TResNet.Kernels;
using TResNet.Training.Distributed;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>One step: the gradients of some batches, and what they change.</summary>
/// <param name="model">The network, in training mode.</param>
/// <param name="options">The recipe.</param>
/// <param name="optimizer">What changes the weights.</param>
internal sealed class TrainingStep(nn.Module<Tensor, Tensor> model, TrainingOptions options, optim.Optimizer optimizer)
{
    // Numbers that TorchSharp hands to libtorch are freed by the collector alone, and keep the memory of large tensors apart until then.
    private const int StepsBetweenCollections = 4;

    // More than a run has steps.
    private const long SeedsBetweenProcesses = 1L << 40;

    private readonly Placement placement = Placement.Of(model);
    private readonly GradientCheckpoints? checkpoints = options.GradCheckpointing
        ? new GradientCheckpoints((Network)model, options.ComputeType)
        : null;

    // The optimiser's groups are these, in their order.
    private readonly double[] scales = [.. ParameterGroup.Of(model, options).Select(group => group.Scale)];

    /// <summary>The average of the weights, which follows each step; null without one.</summary>
    public WeightAverage? Average { get; init; }

    /// <summary>The scale of the loss; null without one.</summary>
    public LossScale? Scale { get; init; }

    /// <summary>Whether an image may have several classes.</summary>
    public bool IsMultiLabel { get; init; }

    /// <summary>Whether nobody knows of some classes whether an image has them.</summary>
    public bool HasUnknown { get; init; }

    /// <summary>Who says what is in the images beside their labels; null for nobody.</summary>
    public Teacher? Teacher { get; init; }

    /// <summary>What is done with other processes; null alone.</summary>
    public StepExchange? Exchange { get; init; }

    /// <summary>Which of the processes this is, from 0: each drops others.</summary>
    public int Rank { get; init; }

    /// <summary>All steps of the run that this is one of, for a message; null for none.</summary>
    public int? Steps { get; init; }

    /// <summary>Whether a loss that is no number ends the step, which then changes nothing, and not the run.</summary>
    public bool MayDiverge { get; set; }

    /// <summary>Does a step.</summary>
    /// <param name="number">Which one, from 1: it decides what dropout drops.</param>
    /// <param name="rate">Its learning rate.</param>
    /// <param name="batches">Images and targets, on the CPU; not disposed.</param>
    /// <param name="momentum">Its momentum, or first beta; null for the one that is there.</param>
    /// <exception cref="TResNetException">The loss is no number any more.</exception>
    /// <returns>
    /// The mean loss; NaN where no image of the batches could be read, and infinity where the loss is no number and may be none: nothing is changed then.
    /// </returns>
    public double Run(
        int number,
        double rate,
        IEnumerable<(Tensor Images, Tensor Targets)> batches,
        double? momentum = null
    )
    {
        var seed = SeedOf(number);
        manual_seed(seed);
        // Gone, not filled with zeros: backward then hands its gradients over, where it would add them up.
        model.zero_grad();
        Exchange?.Begin();
        var (loss, isEmpty, place) = (0.0, true, 0);
        foreach (var (originals, targets) in batches)
        {
            using var scope = NewDisposeScope();
            var (images, labels) = placement.Move((originals, targets));
            if (Exchange is not null)
            {
                if (Exchange.Take((images, labels), Losses.WeightOf(labels, options)) is not { } part)
                {
                    continue;
                }

                (images, labels) = part;
            }

            var taught = Teacher?.Logits(images);
            var logits = Logits(images, seed, place++);
            var mean = Loss(logits, labels, taught, Exchange?.Share) / options.GradAccumSteps;
            var value = mean.item<float>(); // waits for the device
            if (!float.IsFinite(value))
            {
                if (MayDiverge)
                {
                    return double.PositiveInfinity;
                }

                RequireFinite(taught, number);
                throw NonFiniteNumbers.Refusal(
                    value * options.GradAccumSteps,
                    rate,
                    FirstLayer(images),
                    number,
                    Steps,
                    options.LearningRate
                );
            }

            loss += value;
            isEmpty = false;
            var objective = Scale?.Apply(mean) ?? mean;
            BackwardFailure.Unwrap(() => objective.backward());
            checkpoints?.Backward();
        }

        if (Exchange is not null)
        {
            var shared = Exchange.Finish(loss);
            (isEmpty, loss) = (shared is null, shared ?? 0);
        }

        if (isEmpty)
        {
            return double.NaN;
        }

        foreach (var (group, scale) in optimizer.ParamGroups.Zip(scales))
        {
            group.LearningRate = rate * scale;
            SetMomentum(group, momentum);
        }

        if (Scale?.Unscale(model.parameters()) ?? true)
        {
            Change();
        }

        Average?.Update(number);
        if (number % StepsBetweenCollections == 0)
        {
            GC.Collect(0);
        }

        return loss;
    }

    // Neighbouring seeds are unrelated in libtorch's generator (Mersenne Twister), so steps may be counted.
    private long SeedOf(int number) => unchecked(options.Seed * 1_000_003 + number + Rank * SeedsBetweenProcesses);

    private static void SetMomentum(optim.ILearningRateController group, double? momentum)
    {
        if (momentum is not { } value)
        {
            return;
        }

        switch (group)
        {
            case optim.IMomentum one:
                one.Momentum = value;
                break;
            case optim.IBetas two:
                two.Betas = (value, two.Betas.Item2);
                break;
        }
    }

    private void Change()
    {
        GradientClip.Apply(model, options);
        optimizer.step();
    }

    // Backward runs in the types of forward, outside of the scope; the loss is float32.
    private Tensor Logits(Tensor images, long seed, int place)
    {
        if (checkpoints is not null)
        {
            return checkpoints.Forward(images, seed + ((long)place << 16));
        }

        using var _ = options.ComputeType.Begin(placement.Device);
        return model.call(images);
    }

    // Of several processes each has its share, so that the sum of all is the loss of one.
    private Tensor Loss(Tensor logits, Tensor labels, Tensor? taught, LossShare? share)
    {
        return taught is null
            ? Task()
            : DistillationLoss.With(Task, logits, taught, options, IsMultiLabel, share?.Images ?? 1);

        Tensor Task()
        {
            var loss = Losses.Of(logits, labels, options, IsMultiLabel, HasUnknown);
            if (share is not { } part)
            {
                return loss;
            }

            using Scalar held = part.Labels;
            return loss * held;
        }
    }

    // No learning rate helps against a teacher that is broken.
    private static void RequireFinite(Tensor? taught, int number)
    {
        if (taught is not null && !taught.isfinite().all().ToBoolean())
        {
            throw new TResNetException(
                $"The teacher says something at step {number} that is no finite number: its weights are damaged, or too large for the precision; take another teacher, or leave out --amp."
            );
        }
    }

    private string? FirstLayer(Tensor images)
    {
        using var _ = options.ComputeType.Begin(placement.Device);
        return NonFiniteNumbers.FirstLayer(model, images);
    }
}
