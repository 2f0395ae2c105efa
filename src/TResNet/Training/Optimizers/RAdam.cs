// L. Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", arXiv 1908.03265, algorithm 2, as PyTorch has it. TorchSharp's multiplies
// by the learning rate twice where the variance is tractable.

using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Training.Optimizers;

/// <summary>Adam that trusts its mean of squares only once it is made of enough steps.</summary>
/// <param name="groups">Parameters, with the first beta as their momentum.</param>
/// <param name="beta2">The share of the mean of squares that is kept.</param>
/// <param name="epsilon">What is added to its root.</param>
internal sealed class RAdam(IEnumerable<GroupedOptimizer.Group> groups, double beta2, double epsilon)
    : GroupedOptimizer(groups)
{
    // The length of the approximated average above which the variance is tractable.
    private const double Tractable = 5;

    protected override void Change(Tensor parameter, Tensor gradient, Kept kept, Shared shared)
    {
        using Scalar beta1 = shared.Momentum;
        using Scalar fresh = 1 - shared.Momentum;
        using Scalar held = beta2;
        using Scalar added = 1 - beta2;
        using Scalar outside = epsilon;
        var change = shared.WithDecay(gradient, parameter);
        kept.first.mul_(beta1).add_(change, alpha: fresh);
        kept.second!.mul_(held).addcmul_(change, change, added);

        var correction = 1 - Math.Pow(beta2, kept.step);
        var longest = 2 / (1 - beta2) - 1;
        var length = longest - 2 * kept.step * Math.Pow(beta2, kept.step) / correction;
        var step = shared.Rate / (1 - Math.Pow(shared.Momentum, kept.step));
        if (length <= Tractable)
        {
            using Scalar plain = -step;
            parameter.add_(kept.first, alpha: plain);
            return;
        }

        var rectified = Math.Sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length));
        using Scalar rate = -step * rectified * Math.Sqrt(correction);
        parameter.addcdiv_(kept.first, kept.second.sqrt().add_(outside, alpha: Scalars.One), rate);
    }
}
