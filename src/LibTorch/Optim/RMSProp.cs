// RMSProp (Hinton, "Neural Networks for Machine Learning", lecture 6e), in PyTorch's form: the root before eps is added.
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>
/// RMSProp: with a running mean v of the gradient's square, <c>p -= lr g / (sqrt(v) + eps)</c>, optionally with momentum
/// and with the gradient's own mean taken off v ("centered").
/// </summary>
public class RMSProp : OptimizerHelper, IMomentum
{
    /// <summary>Optimizes parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="lr">The learning rate, 0 or more.</param>
    /// <param name="alpha">How much of the last mean of the square goes on, 0 or more.</param>
    /// <param name="eps">What is added to the denominator, 0 or more.</param>
    /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
    /// <param name="momentum">How much of the last update goes on, 0 or more.</param>
    /// <param name="centered">Whether to divide by the deviation instead of the root mean square.</param>
    /// <param name="maximize">Whether to climb.</param>
    public RMSProp(
        IEnumerable<Parameter> parameters,
        double lr = 1e-3,
        double alpha = 0.99,
        double eps = 1e-8,
        double weight_decay = 0,
        double momentum = 0.0,
        bool centered = false,
        bool maximize = false
    )
        : this([new ParamGroup { Parameters = parameters }], lr, alpha, eps, weight_decay, momentum, centered, maximize)
    { }

    /// <summary>Optimizes groups of parameters; the settings are for what the groups leave out.</summary>
    /// <param name="parameters">The groups.</param>
    /// <param name="lr">The learning rate, 0 or more.</param>
    /// <param name="alpha">How much of the last mean of the square goes on, 0 or more.</param>
    /// <param name="eps">What is added to the denominator, 0 or more.</param>
    /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
    /// <param name="momentum">How much of the last update goes on, 0 or more.</param>
    /// <param name="centered">Whether to divide by the deviation instead of the root mean square.</param>
    /// <param name="maximize">Whether to climb.</param>
    public RMSProp(
        IEnumerable<ParamGroup> parameters,
        double lr = 1e-3,
        double alpha = 0.99,
        double eps = 1e-8,
        double weight_decay = 0,
        double momentum = 0.0,
        bool centered = false,
        bool maximize = false
    )
    {
        Require(lr >= 0, nameof(lr), lr, "0 or more");
        Require(alpha >= 0, nameof(alpha), alpha, "0 or more");
        Require(eps >= 0, nameof(eps), eps, "0 or more");
        Require(weight_decay >= 0, nameof(weight_decay), weight_decay, "0 or more");
        Require(momentum >= 0, nameof(momentum), momentum, "0 or more");
        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            alpha = alpha,
            eps = eps,
            weight_decay = weight_decay,
            momentum = momentum,
            centered = centered,
            maximize = maximize,
        };
        foreach (ParamGroup group in parameters)
        {
            add_param_group(group);
        }
    }

    /// <summary>The momentum of groups added from now on.</summary>
    public double Momentum
    {
        get => ((Options)_defaults).momentum!.Value;
        set => ((Options)_defaults).momentum = value;
    }

    /// <inheritdoc/>
    public override Tensor? step(Func<Tensor>? closure = null) => Step<Options, State>(closure, Update);

    private static void Update(Options options, Batch<State> batch)
    {
        Tensor[] parameters = batch.Parameters;
        Tensor[] gradients = options.maximize == true ? Foreach.Neg(batch.Gradients) : batch.Gradients;
        double rate = options.LearningRate!.Value;
        double alpha = options.alpha!.Value;
        if (options.weight_decay is { } decay and not 0)
        {
            gradients = Foreach.Add(gradients, parameters, decay);
        }

        foreach (State state in batch.States)
        {
            state.step++;
        }

        Tensor[] squares = batch.Select(state => state.square_avg!);
        Foreach.Mul_(squares, alpha);
        Foreach.AddCMul_(squares, gradients, gradients, 1 - alpha);
        Tensor[] denominators;
        if (options.centered == true)
        {
            Tensor[] means = batch.Select(state => state.grad_avg!);
            Foreach.Mul_(means, alpha);
            Foreach.Add_(means, gradients, 1 - alpha);
            denominators = Foreach.AddCMul(squares, means, means, -1);
            Foreach.Sqrt_(denominators);
        }
        else
        {
            denominators = Foreach.Sqrt(squares);
        }

        Foreach.Add_(denominators, options.eps!.Value);
        if (options.momentum is { } momentum and > 0)
        {
            Tensor[] updates = batch.Select(state => state.momentum_buffer!);
            Foreach.Mul_(updates, momentum);
            Foreach.AddCDiv_(updates, gradients, denominators, 1);
            Foreach.Add_(parameters, updates, -rate);
        }
        else
        {
            Foreach.AddCDiv_(parameters, gradients, denominators, -rate);
        }
    }

    private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

    private protected override OptimizerOptions Complete(OptimizerOptions? given)
    {
        Options options = (Options?)given ?? new Options();
        Options defaults = (Options)_defaults;
        options.LearningRate ??= defaults.LearningRate;
        options.alpha ??= defaults.alpha;
        options.eps ??= defaults.eps;
        options.weight_decay ??= defaults.weight_decay;
        options.momentum ??= defaults.momentum;
        options.centered ??= defaults.centered;
        options.maximize ??= defaults.maximize;
        return options;
    }

    /// <summary>The running means of a parameter's gradient.</summary>
    public sealed class State : OptimizerState, IDisposable
    {
        /// <summary>How many steps there were.</summary>
        public long step;

        /// <summary>The running mean of the gradient's square, of the parameter's shape.</summary>
        public Tensor? square_avg;

        /// <summary>The last update before the learning rate, of the parameter's shape.</summary>
        public Tensor? momentum_buffer;

        /// <summary>The running mean of the gradient, of the parameter's shape; null when not centered.</summary>
        public Tensor? grad_avg;

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
            Replace(ref square_avg, torch.zeros_like(_parameter));

            // A schedule may bring in momentum later, so the buffer is always there.
            Replace(ref momentum_buffer, torch.zeros_like(_parameter));
            Replace(ref grad_avg, options is Options { centered: true } ? torch.zeros_like(_parameter) : null);
        }

        /// <inheritdoc/>
        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            square_avg!.Save(writer);
            Save(writer, momentum_buffer);
            Save(writer, grad_avg);
        }

        /// <inheritdoc/>
        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            square_avg!.Load(reader);
            Load(reader, ref momentum_buffer);
            Load(reader, ref grad_avg);
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerState source)
        {
            State other = (State)source;
            step = other.step;
            Copy(other.square_avg, ref square_avg);
            Copy(other.momentum_buffer, ref momentum_buffer);
            Copy(other.grad_avg, ref grad_avg);
        }

        /// <inheritdoc/>
        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state
            && step == state.step
            && Close(square_avg, state.square_avg)
            && Close(momentum_buffer, state.momentum_buffer)
            && Close(grad_avg, state.grad_avg);

        /// <inheritdoc/>
        public override void to(Device device)
        {
            Move(ref square_avg, device);
            Move(ref momentum_buffer, device);
            Move(ref grad_avg, device);
        }

        internal override void Free()
        {
            Replace(ref square_avg, null);
            Replace(ref momentum_buffer, null);
            Replace(ref grad_avg, null);
        }
    }

    /// <summary>The settings of a group. What is null is taken from the optimizer.</summary>
    public class Options : OptimizerOptions
    {
        /// <summary>Whether to climb.</summary>
        public bool? maximize;

        /// <summary>How much of the last update goes on.</summary>
        public double? momentum;

        /// <summary>How much of the last mean of the square goes on.</summary>
        public double? alpha;

        /// <summary>What is added to the denominator.</summary>
        public double? eps;

        /// <summary>The weight of the parameters' squares (halved) in the loss.</summary>
        public double? weight_decay;

        /// <summary>Whether to divide by the deviation instead of the root mean square.</summary>
        public bool? centered;

        /// <inheritdoc/>
        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(maximize!.Value);
            writer.Write(momentum!.Value);
            writer.Write(alpha!.Value);
            writer.Write(eps!.Value);
            writer.Write(weight_decay!.Value);
            writer.Write(centered!.Value);
        }

        /// <inheritdoc/>
        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            maximize = reader.ReadBoolean();
            momentum = reader.ReadDouble();
            alpha = reader.ReadDouble();
            eps = reader.ReadDouble();
            weight_decay = reader.ReadDouble();
            centered = reader.ReadBoolean();
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            Options other = (Options)source;
            maximize = other.maximize;
            momentum = other.momentum;
            alpha = other.alpha;
            eps = other.eps;
            weight_decay = other.weight_decay;
            centered = other.centered;
        }
    }

    /// <summary>Parameters with settings of their own.</summary>
    public class ParamGroup : ParamGroup<Options>, IMomentum
    {
        /// <summary>An empty group with the optimizer's settings.</summary>
        public ParamGroup() { }

        /// <summary>A group.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="options">The settings.</param>
        public ParamGroup(IEnumerable<Parameter> parameters, Options options)
            : base(parameters, options) { }

        /// <summary>A group with its settings given.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="lr">The learning rate.</param>
        /// <param name="eps">What is added to the denominator.</param>
        /// <param name="alpha">How much of the last mean of the square goes on.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss.</param>
        /// <param name="momentum">How much of the last update goes on.</param>
        /// <param name="centered">Whether to divide by the deviation instead of the root mean square.</param>
        public ParamGroup(
            IEnumerable<Parameter> parameters,
            double lr = 1e-3,
            double eps = 1e-8,
            double alpha = 0.99,
            double weight_decay = 0,
            double momentum = 0.0,
            bool centered = false
        )
            : base(
                parameters,
                new Options
                {
                    LearningRate = lr,
                    eps = eps,
                    alpha = alpha,
                    weight_decay = weight_decay,
                    momentum = momentum,
                    centered = centered,
                }
            ) { }

        /// <inheritdoc/>
        public double Momentum
        {
            get => Options.momentum!.Value;
            set => Options.momentum = value;
        }
    }
}
