using TorchSharp.Modules;
using TResNet.Training.Optimizers;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>The optimiser of a recipe, with weight decay on weights alone.</summary>
internal static class OptimizerFactory
{
    // timm's for RMSprop; PyTorch's own default is 0.99.
    private const double SquaresKept = 0.9;

    public static optim.Optimizer Create(nn.Module model, TrainingOptions options)
    {
        var groups = ParameterGroup.Of(model, options);
        var (rate, momentum, kind) = (options.LearningRate, options.Momentum, options.Optimizer);
        var epsilon = options.OptEps ?? kind.Epsilon();
        var (beta1, beta2) = (options.Beta1 ?? kind.Betas().First, options.Beta2 ?? kind.Betas().Second);
        return kind switch
        {
            OptimizerKind.Adam => new Optimizers.Adam(Own(beta1), beta2, epsilon),
            OptimizerKind.AdamW => new Optimizers.Adam(Own(beta1), beta2, epsilon, isDecoupled: true),
            OptimizerKind.NAdam => new Optimizers.NAdam(Own(beta1), beta2, epsilon),
            OptimizerKind.RMSprop => new RMSprop(Own(momentum), SquaresKept, epsilon),
            OptimizerKind.RMSpropTF => new RMSpropTF(Own(momentum), epsilon),
            OptimizerKind.RAdam => new Optimizers.RAdam(Own(beta1), beta2, epsilon),
            OptimizerKind.Lamb => new Lamb(Own(beta1), beta2, epsilon),
            OptimizerKind.Lion => new Lion(Own(beta1), beta2),
            _ => Descent(nesterov: kind == OptimizerKind.SGD && momentum > 0),
        };

        IEnumerable<GroupedOptimizer.Group> Own(double first) =>
            groups.Select(g => new GroupedOptimizer.Group(g.Parameters, rate, first, g.Decay));

        FusedSGD Descent(bool nesterov) =>
            new(
                groups.Select(g => new SGD.ParamGroup(g.Parameters, rate, momentum, 0, g.Decay, nesterov)),
                rate,
                momentum,
                nesterov
            );
    }
}
