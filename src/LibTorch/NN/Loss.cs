// The bases of losses.
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>A loss: a module of a prediction and a target.</summary>
/// <typeparam name="T1">The type of the prediction.</typeparam>
/// <typeparam name="T2">The type of the target.</typeparam>
/// <typeparam name="TResult">The type of the result.</typeparam>
public abstract class Loss<T1, T2, TResult> : nn.Module<T1, T2, TResult>
{
    /// <summary>Makes a loss.</summary>
    /// <param name="reduction">What becomes of the losses of the samples.</param>
    protected Loss(nn.Reduction reduction = nn.Reduction.Mean)
        : base("Loss") => this.reduction = reduction;

    /// <summary>What becomes of the losses of the samples.</summary>
    public nn.Reduction reduction { get; }

    /// <inheritdoc/>
    public override string GetName() => GetType().Name;
}

/// <summary>A loss with a weight per class.</summary>
/// <typeparam name="T1">The type of the prediction.</typeparam>
/// <typeparam name="T2">The type of the target.</typeparam>
/// <typeparam name="TResult">The type of the result.</typeparam>
public abstract class WeightedLoss<T1, T2, TResult> : Loss<T1, T2, TResult>
{
    /// <summary>Makes a loss.</summary>
    /// <param name="weight">A weight per class, [C], or null.</param>
    /// <param name="reduction">What becomes of the losses of the samples.</param>
    protected WeightedLoss(Tensor? weight = null, nn.Reduction reduction = nn.Reduction.Mean)
        : base(reduction) => this.weight = weight;

    /// <summary>A weight per class, [C], or null.</summary>
    public Tensor? weight { get; }
}
