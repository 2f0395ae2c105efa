// Kingma and Ba, "Adam: A Method for Stochastic Optimization", arXiv 1412.6980, algorithm 1, and with decoupled decay Loshchilov and Hutter, "Decoupled
// Weight Decay Regularization", arXiv 1711.05101, algorithm 2, as PyTorch has them. TorchSharp's own let the finaliser free a factor that is in use
// (see Scalar below, which is held), and a training then ends in an error of libtorch, or goes on with another factor.

using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Training.Optimizers;

/// <summary>Adam, or AdamW.</summary>
/// <param name="groups">Parameters, with the first beta as their momentum.</param>
/// <param name="beta2">The share of the mean of squares that is kept.</param>
/// <param name="epsilon">What is added to its root.</param>
/// <param name="isDecoupled">Whether weights decay beside their gradients (AdamW), not within them.</param>
internal sealed class Adam(
    IEnumerable<GroupedOptimizer.Group> groups,
    double beta2,
    double epsilon,
    bool isDecoupled = false
) : GroupedOptimizer(groups)
{
    protected override void Change(Tensor parameter, Tensor gradient, Kept kept, Shared shared)
    {
        using Scalar shrink = 1 - shared.Rate * shared.Decay;
        using Scalar beta1 = shared.Momentum;
        using Scalar fresh = 1 - shared.Momentum;
        using Scalar held = beta2;
        using Scalar added = 1 - beta2;
        using Scalar root = Math.Sqrt(1 - Math.Pow(beta2, kept.step));
        using Scalar outside = epsilon;
        using Scalar rate = -shared.Rate / (1 - Math.Pow(shared.Momentum, kept.step));
        if (isDecoupled && shared.Decay != 0)
        {
            parameter.mul_(shrink);
        }

        var change = isDecoupled ? gradient : shared.WithDecay(gradient, parameter);
        kept.first.mul_(beta1).add_(change, alpha: fresh);
        kept.second!.mul_(held).addcmul_(change, change, added);
        parameter.addcdiv_(kept.first, kept.second.sqrt().div_(root).add_(outside, alpha: Scalars.One), rate);
    }
}
