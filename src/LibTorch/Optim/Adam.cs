// Adam (Kingma and Ba, arXiv 1412.6980) and what it shares with AdamW.
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>
/// Adam: with running means m of the gradient and v of its square, each divided by <c>1 - beta^step</c>,
/// <c>p -= lr m / (sqrt(v) + eps)</c>. Weight decay is added to the gradient.
/// </summary>
public class Adam : OptimizerHelper, IBetas
{
    /// <summary>Optimizes parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="lr">The learning rate, 0 or more.</param>
    /// <param name="beta1">How much of the last mean of the gradient goes on, 0 up to (not including) 1.</param>
    /// <param name="beta2">How much of the last mean of its square goes on, 0 up to (not including) 1.</param>
    /// <param name="eps">What is added to the denominator, 0 or more.</param>
    /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
    /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
    /// <param name="maximize">Whether to climb.</param>
    public Adam(
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
    /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
    /// <param name="amsgrad">Whether to divide by the largest mean of the square so far.</param>
    /// <param name="maximize">Whether to climb.</param>
    public Adam(
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

    /// <summary>The betas of groups added from now on.</summary>
    public (double, double) Betas
    {
        get => (((Options)_defaults).beta1!.Value, ((Options)_defaults).beta2!.Value);
        set => (((Options)_defaults).beta1, ((Options)_defaults).beta2) = value;
    }

    /// <inheritdoc/>
    public override Tensor? step(Func<Tensor>? closure = null) =>
        Step<Options, State>(closure, (options, batch) => Update(options, batch, decoupledDecay: false));

    internal static void Update(Options options, Batch<State> batch, bool decoupledDecay)
    {
        Tensor[] parameters = batch.Parameters;
        Tensor[] gradients = options.maximize == true ? Foreach.Neg(batch.Gradients) : batch.Gradients;
        double rate = options.LearningRate!.Value;
        double beta1 = options.beta1!.Value;
        double beta2 = options.beta2!.Value;
        if (options.weight_decay is { } decay and not 0)
        {
            if (decoupledDecay)
            {
                Foreach.Mul_(parameters, 1 - rate * decay);
            }
            else
            {
                gradients = Foreach.Add(gradients, parameters, decay);
            }
        }

        Tensor[] means = batch.Select(state => state.exp_avg!);
        Tensor[] squares = batch.Select(state => state.exp_avg_sq!);
        Foreach.Mul_(means, beta1);
        Foreach.Add_(means, gradients, 1 - beta1);
        Foreach.Mul_(squares, beta2);
        Foreach.AddCMul_(squares, gradients, gradients, 1 - beta2);
        if (options.amsgrad == true)
        {
            Tensor[] largest = batch.Select(state => state.max_exp_avg_sq!);
            Foreach.Maximum_(largest, squares);
            squares = largest;
        }

        foreach (State state in batch.States)
        {
            state.step++;
        }

        // A parameter that had no gradient in some step is behind the others.
        foreach (
            IGrouping<long, int> together in Enumerable.Range(0, parameters.Length).GroupBy(i => batch.States[i].step)
        )
        {
            int[] chosen = [.. together];
            double correction1 = 1 - Math.Pow(beta1, together.Key);
            double correction2 = 1 - Math.Pow(beta2, together.Key);
            Tensor[] denominators = Foreach.Sqrt(Array.ConvertAll(chosen, i => squares[i]));
            Foreach.Div_(denominators, Math.Sqrt(correction2));
            Foreach.Add_(denominators, options.eps!.Value);
            Foreach.AddCDiv_(
                Array.ConvertAll(chosen, i => parameters[i]),
                Array.ConvertAll(chosen, i => means[i]),
                denominators,
                -rate / correction1
            );
        }
    }

    private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

    private protected override OptimizerOptions Complete(OptimizerOptions? given)
    {
        Options options = (Options?)given ?? new Options();
        options.Complete((Options)_defaults);
        return options;
    }

    /// <summary>The running means of a parameter's gradient.</summary>
    public class State : OptimizerState, IDisposable
    {
        /// <summary>How many steps there were.</summary>
        public long step;

        /// <summary>The running mean of the gradient, of the parameter's shape.</summary>
        public Tensor? exp_avg;

        /// <summary>The running mean of the gradient's square, of the parameter's shape.</summary>
        public Tensor? exp_avg_sq;

        /// <summary>The largest mean of the square so far; null without amsgrad.</summary>
        public Tensor? max_exp_avg_sq;

        /// <summary>Remembers nothing yet.</summary>
        /// <param name="parameter">The parameter.</param>
        public State(Parameter parameter)
            : base(parameter) { }

        /// <summary>Frees the means.</summary>
        public void Dispose() => Free();

        /// <inheritdoc/>
        public override void Initialize(OptimizerOptions options)
        {
            using IDisposable withoutGradients = no_grad();
            step = 0;
            Replace(ref exp_avg, torch.zeros_like(_parameter));
            Replace(ref exp_avg_sq, torch.zeros_like(_parameter));
            Replace(ref max_exp_avg_sq, options is Options { amsgrad: true } ? torch.zeros_like(_parameter) : null);
        }

        /// <inheritdoc/>
        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            exp_avg!.Save(writer);
            exp_avg_sq!.Save(writer);
            Save(writer, max_exp_avg_sq);
        }

        /// <inheritdoc/>
        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            exp_avg!.Load(reader);
            exp_avg_sq!.Load(reader);
            Load(reader, ref max_exp_avg_sq);
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerState source)
        {
            State other = (State)source;
            step = other.step;
            Copy(other.exp_avg, ref exp_avg);
            Copy(other.exp_avg_sq, ref exp_avg_sq);
            Copy(other.max_exp_avg_sq, ref max_exp_avg_sq);
        }

        /// <inheritdoc/>
        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state
            && step == state.step
            && Close(exp_avg, state.exp_avg)
            && Close(exp_avg_sq, state.exp_avg_sq)
            && Close(max_exp_avg_sq, state.max_exp_avg_sq);

        /// <inheritdoc/>
        public override void to(Device device)
        {
            Move(ref exp_avg, device);
            Move(ref exp_avg_sq, device);
            Move(ref max_exp_avg_sq, device);
        }

        internal override void Free()
        {
            Replace(ref exp_avg, null);
            Replace(ref exp_avg_sq, null);
            Replace(ref max_exp_avg_sq, null);
        }
    }

    /// <summary>The settings of a group. What is null is taken from the optimizer.</summary>
    public class Options : OptimizerOptions
    {
        /// <summary>How much of the last mean of the gradient goes on.</summary>
        public double? beta1;

        /// <summary>How much of the last mean of its square goes on.</summary>
        public double? beta2;

        /// <summary>The weight of the decay.</summary>
        public double? weight_decay;

        /// <summary>What is added to the denominator.</summary>
        public double? eps;

        /// <summary>Whether to divide by the largest mean of the square so far.</summary>
        public bool? amsgrad;

        /// <summary>Whether to climb.</summary>
        public bool? maximize;

        /// <inheritdoc/>
        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(beta1!.Value);
            writer.Write(beta2!.Value);
            writer.Write(eps!.Value);
            writer.Write(weight_decay!.Value);
            writer.Write(amsgrad!.Value);
            writer.Write(maximize!.Value);
        }

        /// <inheritdoc/>
        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            beta1 = reader.ReadDouble();
            beta2 = reader.ReadDouble();
            eps = reader.ReadDouble();
            weight_decay = reader.ReadDouble();
            amsgrad = reader.ReadBoolean();
            maximize = reader.ReadBoolean();
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            Options other = (Options)source;
            beta1 = other.beta1;
            beta2 = other.beta2;
            eps = other.eps;
            weight_decay = other.weight_decay;
            amsgrad = other.amsgrad;
            maximize = other.maximize;
        }

        /// <summary>Takes what is not given from the optimizer's settings.</summary>
        internal void Complete(Options defaults)
        {
            LearningRate ??= defaults.LearningRate;
            beta1 ??= defaults.beta1;
            beta2 ??= defaults.beta2;
            eps ??= defaults.eps;
            weight_decay ??= defaults.weight_decay;
            amsgrad ??= defaults.amsgrad;
            maximize ??= defaults.maximize;
        }
    }

    /// <summary>Parameters with settings of their own.</summary>
    public class ParamGroup : ParamGroup<Options>, IBetas
    {
        /// <summary>An empty group with the optimizer's settings.</summary>
        public ParamGroup() { }

        /// <summary>A group.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="options">The settings.</param>
        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options) { }

        /// <summary>A group with all settings given.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="lr">The learning rate.</param>
        /// <param name="beta1">How much of the last mean of the gradient goes on.</param>
        /// <param name="beta2">How much of the last mean of its square goes on.</param>
        /// <param name="eps">What is added to the denominator.</param>
        /// <param name="weight_decay">The weight of the decay.</param>
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
