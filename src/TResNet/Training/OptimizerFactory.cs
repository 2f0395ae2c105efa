using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>The optimiser of a recipe, with weight decay on weights alone.</summary>
internal static class OptimizerFactory
{
    // The published RMSprop recipes (EfficientNet's, MnasNet's) decay the mean of squares by 0.9 and add 0.001 to its root.
    private const double SquaresKept = 0.9;
    private const double SquaresAdded = 1e-3;

    public static optim.Optimizer Create(nn.Module model, TrainingOptions options)
    {
        // Decay pulls weights towards zero; on norms and biases (rank 1) it would only pull the network's scale about.
        var trained = model.parameters().Where(parameter => parameter.requires_grad).ToList();
        List<Parameter> weights = [.. trained.Where(p => p.dim() >= 2)];
        List<Parameter> others = [.. trained.Where(p => p.dim() < 2)];
        var (rate, momentum, decay) = (options.LearningRate, options.Momentum, options.WeightDecay);
        return options.Optimizer switch
        {
            OptimizerKind.AdamW => optim.AdamW(
                [
                    new AdamW.ParamGroup(weights, new AdamW.Options { LearningRate = rate, weight_decay = decay }),
                    new AdamW.ParamGroup(others, new AdamW.Options { LearningRate = rate, weight_decay = 0 }),
                ],
                rate
            ),
            OptimizerKind.RMSprop => optim.RMSProp(
                [
                    new RMSProp.ParamGroup(weights, new RMSProp.Options { LearningRate = rate, weight_decay = decay }),
                    new RMSProp.ParamGroup(others, new RMSProp.Options { LearningRate = rate, weight_decay = 0 }),
                ],
                rate,
                SquaresKept,
                SquaresAdded,
                momentum: momentum
            ),
            _ => new FusedSGD(
                [
                    new SGD.ParamGroup(weights, rate, momentum, 0, decay, momentum > 0),
                    new SGD.ParamGroup(others, rate, momentum, 0, 0, momentum > 0),
                ],
                rate,
                momentum,
                nesterov: momentum > 0
            ),
        };
    }
}

/// <summary>Optimisers.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with Nesterov momentum.</summary>
    SGD,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).</summary>
    AdamW,

    /// <summary>RMSprop with momentum.</summary>
    RMSprop,
}
