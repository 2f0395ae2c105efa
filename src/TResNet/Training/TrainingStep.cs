using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>One step: the gradients of some batches, and what they change.</summary>
internal sealed class TrainingStep(
    nn.Module<Tensor, Tensor> model,
    TrainingOptions options,
    optim.Optimizer optimizer,
    WeightAverage? average,
    LossScale? scale,
    Placement placement
)
{
    // Numbers that TorchSharp hands to libtorch are freed by the collector alone, and keep the memory of large tensors apart until then.
    private const int StepsBetweenCollections = 4;

    /// <summary>Does a step.</summary>
    /// <param name="number">Which one, from 1: it decides what dropout drops.</param>
    /// <param name="rate">Its learning rate.</param>
    /// <param name="batches">Images and targets, on the CPU; not disposed.</param>
    /// <param name="refuse">Stops a run whose loss is no number, given the loss, the rate and the first layer that went wrong.</param>
    /// <returns>The mean loss; NaN where no image of the batches could be read, so that nothing is changed.</returns>
    public double Run(
        int number,
        double rate,
        IEnumerable<(Tensor Images, Tensor Targets)> batches,
        Action<double, double, string?> refuse
    )
    {
        // Neighbouring seeds are unrelated in libtorch's generator (Mersenne Twister), so steps may be counted.
        manual_seed(unchecked(options.Seed * 1_000_003 + number));
        // Gone, not filled with zeros: backward then hands its gradients over, where it would add them up.
        model.zero_grad();
        var (loss, isEmpty) = (0.0, true);
        foreach (var (originals, targets) in batches)
        {
            using var scope = NewDisposeScope();
            var (images, labels) = placement.Move((originals, targets));
            var mean = Losses.Of(Logits(images), labels, options) / options.GradAccumSteps;
            var value = mean.item<float>(); // waits for the device
            if (!float.IsFinite(value))
            {
                refuse(value * options.GradAccumSteps, rate, FirstLayer(images));
            }

            loss += value;
            isEmpty = false;
            var objective = scale?.Apply(mean) ?? mean;
            BackwardFailure.Unwrap(() => objective.backward());
        }

        if (isEmpty)
        {
            return double.NaN;
        }

        foreach (var group in optimizer.ParamGroups)
        {
            group.LearningRate = rate;
        }

        if (scale?.Unscale(model.parameters()) ?? true)
        {
            Change();
        }

        average?.Update();
        if (number % StepsBetweenCollections == 0)
        {
            GC.Collect(0);
        }

        return loss;
    }

    private void Change()
    {
        if (options.ClipGrad > 0)
        {
            nn.utils.clip_grad_norm_(model.parameters(), options.ClipGrad);
        }

        optimizer.step();
    }

    // Backward runs in the types of forward, outside of the scope; the loss is float32.
    private Tensor Logits(Tensor images)
    {
        using var _ = options.ComputeType.Begin(placement.Device);
        return model.call(images);
    }

    private string? FirstLayer(Tensor images)
    {
        using var _ = options.ComputeType.Begin(placement.Device);
        return NumericTrouble.FirstLayer(model, images);
    }
}
