// Hinton's lecture 6e of 2012, as PyTorch has it. Why TorchSharp's own is not taken: see Adam.

using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Training.Optimizers;

/// <summary>PyTorch's RMSprop, with momentum and epsilon outside the root.</summary>
/// <param name="groups">Parameters, with their momentum.</param>
/// <param name="squaresKept">The share of the mean of squares that is kept.</param>
/// <param name="epsilon">What is added to its root.</param>
internal sealed class RMSprop(IEnumerable<GroupedOptimizer.Group> groups, double squaresKept, double epsilon)
    : GroupedOptimizer(groups)
{
    protected override void Change(Tensor parameter, Tensor gradient, Kept kept, Shared shared)
    {
        using Scalar held = squaresKept;
        using Scalar added = 1 - squaresKept;
        using Scalar outside = epsilon;
        using Scalar momentum = shared.Momentum;
        using Scalar rate = -shared.Rate;
        var change = shared.WithDecay(gradient, parameter);
        kept.second!.mul_(held).addcmul_(change, change, added);
        kept.first.mul_(momentum).addcdiv_(change, kept.second.sqrt().add_(outside, alpha: Scalars.One), Scalars.One);
        parameter.add_(kept.first, alpha: rate);
    }
}
