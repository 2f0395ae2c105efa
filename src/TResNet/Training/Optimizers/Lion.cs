// X. Chen et al., "Symbolic Discovery of Optimization Algorithms", arXiv 2302.06675, algorithm 2.

using TorchSharp;
using static TorchSharp.torch;

namespace TResNet.Training.Optimizers;

/// <summary>Steps of one size: the sign of a mean of gradients.</summary>
/// <param name="groups">Parameters, with the first beta as their momentum.</param>
/// <param name="beta2">The share of the mean that is kept for the next step.</param>
internal sealed class Lion(IEnumerable<GroupedOptimizer.Group> groups, double beta2)
    : GroupedOptimizer(groups, hasSecond: false)
{
    protected override void Change(Tensor parameter, Tensor gradient, Kept kept, Shared shared)
    {
        using Scalar shrink = 1 - shared.Rate * shared.Decay;
        using Scalar beta1 = shared.Momentum;
        using Scalar fresh = 1 - shared.Momentum;
        using Scalar rate = -shared.Rate;
        using Scalar held = beta2;
        using Scalar added = 1 - beta2;
        parameter.mul_(shrink);
        parameter.add_(kept.first.mul(beta1).add_(gradient, alpha: fresh).sign_(), alpha: rate);
        kept.first.mul_(held).add_(gradient, alpha: added);
    }
}
