// Y. You et al., "Large Batch Optimization for Deep Learning", arXiv 1904.00962, in the form of NVIDIA's FusedLAMB that timm has: gradients are
// first brought to a norm of at most 1, and parameters without weight decay keep the plain step of Adam.

using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Training.Optimizers;

/// <summary>Adam whose step is as long as the parameter is large.</summary>
/// <param name="groups">Parameters, with the first beta as their momentum.</param>
/// <param name="beta2">The share of the mean of squares that is kept.</param>
/// <param name="epsilon">What is added to its root.</param>
internal sealed class Lamb(IEnumerable<GroupedOptimizer.Group> groups, double beta2, double epsilon)
    : GroupedOptimizer(groups)
{
    private const double MostNorm = 1;

    private double scale = 1;

    protected override void Prepare()
    {
        var norms = parameters().Select(p => p.grad).OfType<Tensor>().Select(g => g.norm()).ToArray();
        scale = norms.Length == 0 ? 1 : 1 / Math.Max(stack(norms).norm().ToDouble() / MostNorm, 1);
    }

    protected override void Change(Tensor parameter, Tensor gradient, Kept kept, Shared shared)
    {
        using Scalar clipped = scale;
        using Scalar beta1 = shared.Momentum;
        using Scalar fresh = 1 - shared.Momentum;
        using Scalar held = beta2;
        using Scalar added = 1 - beta2;
        using Scalar root = Math.Sqrt(1 - Math.Pow(beta2, kept.step));
        using Scalar mean = 1 - Math.Pow(shared.Momentum, kept.step);
        using Scalar outside = epsilon;
        var change = gradient.mul(clipped);
        kept.first.mul_(beta1).add_(change, alpha: fresh);
        kept.second!.mul_(held).addcmul_(change, change, added);
        var update = kept.first.div(mean).div_(kept.second.sqrt().div_(root).add_(outside, alpha: Scalars.One));
        var ratio = 1.0;
        if (shared.Decay != 0)
        {
            using Scalar decay = shared.Decay;
            update.add_(parameter, alpha: decay);
            var (size, length) = (parameter.norm().ToDouble(), update.norm().ToDouble());
            ratio = size > 0 && length > 0 ? size / length : 1;
        }

        using Scalar rate = -shared.Rate * ratio;
        parameter.add_(update, alpha: rate);
    }
}
