// RMSprop as TensorFlow has it, and the EfficientNet and MnasNet recipes with it: timm's RMSpropTF (timm/optim/rmsprop_tf.py).

using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Training.Optimizers;

/// <summary>RMSprop with epsilon inside the root, squares that start at 1 and the learning rate inside the momentum.</summary>
/// <param name="groups">Parameters, with their momentum and weight decay.</param>
/// <param name="epsilon">What is added to the mean of squares.</param>
internal sealed class RMSpropTF(IEnumerable<GroupedOptimizer.Group> groups, double epsilon)
    : GroupedOptimizer(groups, first: 1)
{
    private const double SquaresKept = 0.9;

    protected override void Change(Tensor parameter, Tensor gradient, Kept kept, Shared shared)
    {
        using Scalar added = 1 - SquaresKept;
        using Scalar inside = epsilon;
        var change = shared.WithDecay(gradient, parameter);
        kept.first.add_(change.square().sub_(kept.first), alpha: added);
        var root = kept.first.add(inside, alpha: Scalars.One).sqrt_();
        if (shared.Momentum > 0)
        {
            using Scalar momentum = shared.Momentum;
            using Scalar rate = shared.Rate;
            kept.second!.mul_(momentum).addcdiv_(change, root, rate);
            parameter.sub_(kept.second);
        }
        else
        {
            using Scalar rate = -shared.Rate;
            parameter.addcdiv_(change, root, rate);
        }
    }
}
