// AdamW: Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>
/// Adam whose weight decay does not pass through the running means: each step first shrinks the parameters,
/// <c>p *= 1 - lr weight_decay</c>.
/// </summary>
public class AdamW : OptimizerHelper, IBetas
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
        : this([new ParamGroup { Parameters = parameters }], lr, beta1, beta2, eps, weight_decay, amsgrad, maximize) { }

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
    {
        Require(lr >= 0, nameof(lr), lr, "0 or more");
        Require(beta1 is >= 0 and < 1, nameof(beta1), beta1, "0 up to (not including) 1");
        Require(beta2 is >= 0 and < 1, nameof(beta2), beta2, "0 up to (not including) 1");
        Require(eps >= 0, nameof(eps), eps, "0 or more");
        Require(weight_decay >= 0, nameof(weight_decay), weight_decay, "0 or more");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            beta1 = beta1,
            beta2 = beta2,
            eps = eps,
            weight_decay = weight_decay,
            amsgrad = amsgrad,
            maximize = maximize,
        };
        foreach (ParamGroup group in parameters)
        {
            add_param_group(group);
        }
    }

    /// <inheritdoc/>
    public (double, double) Betas
    {
        get => (((Options)_defaults).beta1!.Value, ((Options)_defaults).beta2!.Value);
        set => (((Options)_defaults).beta1, ((Options)_defaults).beta2) = value;
    }

    /// <inheritdoc/>
    public override Tensor? step(Func<Tensor>? closure = null) =>
        Step<Adam.Options, Adam.State>(closure, (options, batch) => Adam.Update(options, batch, decoupledDecay: true));

    private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

    private protected override OptimizerOptions Complete(OptimizerOptions? given)
    {
        Options options = (Options?)given ?? new Options();
        options.Complete((Options)_defaults);
        return options;
    }

    /// <summary>What the optimizer keeps for a parameter: Adam's.</summary>
    public sealed class State : Adam.State
    {
        /// <summary>The state of a parameter, empty.</summary>
        /// <param name="parameter">The parameter.</param>
        public State(Parameter parameter)
            : base(parameter) { }
    }

    /// <summary>The settings of a group: Adam's.</summary>
    public class Options : Adam.Options;

    /// <summary>A group with settings of its own.</summary>
    public class ParamGroup : ParamGroup<Options>, IBetas
    {
        /// <summary>An empty group.</summary>
        public ParamGroup() { }

        /// <summary>A group.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="options">The settings.</param>
        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options) { }

        /// <summary>A group.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="lr">The learning rate.</param>
        /// <param name="beta1">How much of the last mean of the gradient goes on.</param>
        /// <param name="beta2">How much of the last mean of its square goes on.</param>
        /// <param name="eps">What is added to the denominator.</param>
        /// <param name="weight_decay">By how much, times the learning rate, a step shrinks the parameters.</param>
        /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
        /// <param name="maximize">Whether to climb.</param>
        public ParamGroup(
            IEnumerable<Parameter> parameters,
            double lr = 1e-3,
            double beta1 = 0.9,
            double beta2 = 0.999,
            double eps = 1e-8,
            double weight_decay = 0,
            bool amsgrad = false,
            bool maximize = false
        )
            : base(
                parameters,
                new Options
                {
                    LearningRate = lr,
                    beta1 = beta1,
                    beta2 = beta2,
                    eps = eps,
                    weight_decay = weight_decay,
                    amsgrad = amsgrad,
                    maximize = maximize,
                }
            ) { }

        /// <inheritdoc/>
        public (double, double) Betas
        {
            get => (Options.beta1!.Value, Options.beta2!.Value);
            set => (Options.beta1, Options.beta2) = value;
        }
    }
}
