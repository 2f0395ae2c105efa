// The cross entropy of logits, as a layer.
using static TorchSharp.torch;

namespace TorchSharp.Modules;

/// <summary>The cross entropy of logits and class numbers (or probabilities).</summary>
public sealed class CrossEntropyLoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    private const long IgnoreNothing = -100;

    /// <summary>Makes a loss.</summary>
    /// <param name="weight">A weight per class, [C], or null.</param>
    /// <param name="ignore_index">A target that counts for nothing, or null.</param>
    /// <param name="reduction">What becomes of the losses of the samples; their mean by default.</param>
    /// <param name="label_smoothing">How much of the target to spread over all classes, 0 to 1.</param>
    public CrossEntropyLoss(
        Tensor? weight = null,
        long? ignore_index = null,
        nn.Reduction reduction = nn.Reduction.Mean,
        double label_smoothing = 0.0
    )
        : base(weight, reduction)
    {
        this.ignore_index = ignore_index;
        this.label_smoothing = label_smoothing;
    }

    /// <summary>A target that counts for nothing, or null.</summary>
    public long? ignore_index { get; }

    /// <summary>How much of the target is spread over all classes, 0 to 1.</summary>
    public double label_smoothing { get; }

    /// <summary>Computes the loss.</summary>
    /// <param name="input">Logits, [N, C] or [N, C, ...].</param>
    /// <param name="target">Class numbers (Int64), [N] or [N, ...]; or probabilities of the input's shape.</param>
    /// <returns>One number, or [N, ...] without reduction.</returns>
    public override Tensor forward(Tensor input, Tensor target) =>
        nn.functional.cross_entropy(input, target, weight, ignore_index ?? IgnoreNothing, reduction, label_smoothing);
}
