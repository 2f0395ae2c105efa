// Dozat, "Incorporating Nesterov Momentum into Adam", 2016, as PyTorch has it. Why TorchSharp's own is not taken: see Adam.

using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Training.Optimizers;

/// <summary>Adam with Nesterov momentum, whose share rises towards the first beta.</summary>
/// <param name="groups">Parameters, with the first beta as their momentum.</param>
/// <param name="beta2">The share of the mean of squares that is kept.</param>
/// <param name="epsilon">What is added to its root.</param>
internal sealed class NAdam(IEnumerable<GroupedOptimizer.Group> groups, double beta2, double epsilon)
    : GroupedOptimizer(groups, hasProduct: true)
{
    // PyTorch's momentum_decay.
    private const double MomentumDecay = 4e-3;

    protected override void Change(Tensor parameter, Tensor gradient, Kept kept, Shared shared)
    {
        var (now, next) = (Share(shared, kept.step), Share(shared, kept.step + 1));
        using Scalar grown = now;
        var product = kept.product!.mul_(grown).item<double>();
        using Scalar beta1 = shared.Momentum;
        using Scalar fresh = 1 - shared.Momentum;
        using Scalar held = beta2;
        using Scalar added = 1 - beta2;
        using Scalar root = Math.Sqrt(1 - Math.Pow(beta2, kept.step));
        using Scalar outside = epsilon;
        using Scalar ofGradient = -shared.Rate * (1 - now) / (1 - product);
        using Scalar ofMean = -shared.Rate * next / (1 - product * next);
        var change = shared.WithDecay(gradient, parameter);
        kept.first.mul_(beta1).add_(change, alpha: fresh);
        kept.second!.mul_(held).addcmul_(change, change, added);
        var divisor = kept.second.sqrt().div_(root).add_(outside, alpha: Scalars.One);
        parameter.addcdiv_(change, divisor, ofGradient).addcdiv_(kept.first, divisor, ofMean);
    }

    private static double Share(Shared shared, long step) =>
        shared.Momentum * (1 - 0.5 * Math.Pow(0.96, step * MomentumDecay));
}
