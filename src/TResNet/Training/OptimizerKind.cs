namespace TResNet.Training;

/// <summary>Optimisers, with timm's names. States have their numbers, so new ones come last.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with Nesterov momentum.</summary>
    SGD,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).</summary>
    AdamW,

    /// <summary>PyTorch's RMSprop, with momentum and epsilon outside the root.</summary>
    RMSprop,

    /// <summary>TensorFlow's RMSprop, of the EfficientNet and MnasNet recipes: epsilon inside the root, squares that start at 1, the learning rate inside the momentum.</summary>
    RMSpropTF,

    /// <summary>Stochastic gradient descent with plain momentum.</summary>
    Momentum,

    /// <summary>Adam, with weight decay in its gradients (Kingma and Ba, arXiv 1412.6980).</summary>
    Adam,

    /// <summary>Adam with Nesterov momentum (Dozat, 2016).</summary>
    NAdam,

    /// <summary>Rectified Adam (Liu et al., arXiv 1908.03265).</summary>
    RAdam,

    /// <summary>Lion: the sign of a mean of gradients (Chen et al., arXiv 2302.06675).</summary>
    Lion,

    /// <summary>LAMB, for large batches (You et al., arXiv 1904.00962), with gradients brought to a norm of at most 1.</summary>
    Lamb,
}

/// <summary>What an optimiser knows of.</summary>
internal static class OptimizerTraits
{
    /// <summary>Whether it has a momentum, and not betas.</summary>
    public static bool HasMomentum(this OptimizerKind kind) =>
        kind is OptimizerKind.SGD or OptimizerKind.Momentum or OptimizerKind.RMSprop or OptimizerKind.RMSpropTF;

    /// <summary>Whether it has two betas.</summary>
    public static bool HasBetas(this OptimizerKind kind) => !kind.HasMomentum();

    /// <summary>Whether it has an epsilon.</summary>
    public static bool HasEpsilon(this OptimizerKind kind) =>
        kind is not (OptimizerKind.SGD or OptimizerKind.Momentum or OptimizerKind.Lion);

    /// <summary>Its epsilon where none is said: PyTorch's and timm's, and that of the published recipes for TensorFlow's RMSprop.</summary>
    public static double Epsilon(this OptimizerKind kind) =>
        kind switch
        {
            OptimizerKind.RMSpropTF => 1e-3,
            OptimizerKind.Lamb => 1e-6,
            _ => 1e-8,
        };

    /// <summary>Its betas where none are said.</summary>
    public static (double First, double Second) Betas(this OptimizerKind kind) =>
        kind == OptimizerKind.Lion ? (0.9, 0.99) : (0.9, 0.999);

    /// <summary>Whether its learning rate follows the square root of the images of a step, as in timm.</summary>
    public static bool ScalesWithRoot(this OptimizerKind kind) => kind.HasBetas() && kind != OptimizerKind.Lion;
}
