// AdamW: Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
namespace TorchSharp.Modules;

/// <summary>
/// Adam whose weight decay does not pass through the running means: each step first shrinks the parameters,
/// <c>p *= 1 - lr weight_decay</c>.
/// </summary>
public class AdamW : Adam
{
    /// <summary>Optimizes parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="lr">The learning rate, 0 or more.</param>
    /// <param name="beta1">How much of the last mean of the gradient goes on, 0 up to (not including) 1.</param>
    /// <param name="beta2">How much of the last mean of its square goes on, 0 up to (not including) 1.</param>
    /// <param name="eps">What is added to the denominator, 0 or more.</param>
    /// <param name="weight_decay">By how much, times the learning rate, a step shrinks the parameters; 0 or more.</param>
    /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
    /// <param name="maximize">Whether to climb.</param>
    public AdamW(
        IEnumerable<Parameter> parameters,
        double lr = 1e-3,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double eps = 1e-8,
        double weight_decay = 0,
        bool amsgrad = false,
        bool maximize = false
    )
        : base(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize) { }

    /// <summary>Optimizes groups of parameters; the settings are for what the groups leave out.</summary>
    /// <param name="parameters">The groups.</param>
    /// <param name="lr">The learning rate, 0 or more.</param>
    /// <param name="beta1">How much of the last mean of the gradient goes on, 0 up to (not including) 1.</param>
    /// <param name="beta2">How much of the last mean of its square goes on, 0 up to (not including) 1.</param>
    /// <param name="eps">What is added to the denominator, 0 or more.</param>
    /// <param name="weight_decay">By how much, times the learning rate, a step shrinks the parameters; 0 or more.</param>
    /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
    /// <param name="maximize">Whether to climb.</param>
    public AdamW(
        IEnumerable<ParamGroup> parameters,
        double lr = 1e-3,
        double beta1 = 0.9,
        double beta2 = 0.999,
        double eps = 1e-8,
        double weight_decay = 0,
        bool amsgrad = false,
        bool maximize = false
    )
        : base(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize) { }

    private protected override bool DecoupledDecay => true;
}
