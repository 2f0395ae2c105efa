// Stochastic gradient descent with momentum (PyTorch's form: the velocity holds gradients, and the learning rate scales it).
using TorchSharp.Interop;
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>
/// Stochastic gradient descent: <c>g += weight_decay p; v = momentum v + (1 - dampening) g; p -= lr v</c> (with Nesterov
/// <c>p -= lr (g + momentum v)</c>). In the first step <c>v = g</c>.
/// </summary>
public class SGD : OptimizerHelper, IMomentum
{
    private static readonly Operator StepOp = new("tresnet::sgd_");

    /// <summary>Optimizes parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="lr">The learning rate, 0 or more.</param>
    /// <param name="momentum">How much of the last velocity goes on, 0 or more.</param>
    /// <param name="dampening">How much of the gradient stays out of the velocity.</param>
    /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
    /// <param name="nesterov">Whether to look ahead by one velocity.</param>
    /// <param name="maximize">Whether to climb.</param>
    public SGD(
        IEnumerable<Parameter> parameters,
        double lr,
        double momentum = 0.0,
        double dampening = 0,
        double weight_decay = 0,
        bool nesterov = false,
        bool maximize = false
    )
        : this([new ParamGroup { Parameters = parameters }], lr, momentum, dampening, weight_decay, nesterov, maximize)
    { }

    /// <summary>Optimizes groups of parameters; the settings are for what the groups leave out.</summary>
    /// <param name="parameters">The groups.</param>
    /// <param name="lr">The learning rate, 0 or more.</param>
    /// <param name="momentum">How much of the last velocity goes on, 0 or more.</param>
    /// <param name="dampening">How much of the gradient stays out of the velocity.</param>
    /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss, 0 or more.</param>
    /// <param name="nesterov">Whether to look ahead by one velocity.</param>
    /// <param name="maximize">Whether to climb.</param>
    public SGD(
        IEnumerable<ParamGroup> parameters,
        double lr,
        double momentum = 0.0,
        double dampening = 0,
        double weight_decay = 0,
        bool nesterov = false,
        bool maximize = false
    )
    {
        Require(lr >= 0, nameof(lr), lr, "0 or more");
        Require(momentum >= 0, nameof(momentum), momentum, "0 or more");
        Require(weight_decay >= 0, nameof(weight_decay), weight_decay, "0 or more");
        if (nesterov && (momentum <= 0 || dampening != 0))
        {
            throw new ArgumentException(
                "Nesterov momentum takes a momentum above 0 and no dampening.",
                nameof(nesterov)
            );
        }

        _defaults = new Options
        {
            LearningRate = lr,
            InitialLearningRate = lr,
            momentum = momentum,
            dampening = dampening,
            weight_decay = weight_decay,
            nesterov = nesterov,
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
        if (MovesOnCpu(options, batch))
        {
            StepOp.CallVoid(
                parameters,
                batch.Gradients,
                batch.Select(state => state.momentum_buffer!),
                options.LearningRate!.Value,
                options.momentum!.Value,
                options.dampening!.Value,
                options.weight_decay!.Value,
                options.nesterov!.Value,
                options.maximize!.Value
            );
            return;
        }

        Tensor[] updates = options.maximize == true ? Foreach.Neg(batch.Gradients) : batch.Gradients;
        if (options.weight_decay is { } decay and not 0)
        {
            updates = Foreach.Add(updates, parameters, decay);
        }

        if (options.momentum is { } momentum and not 0)
        {
            Accelerate(batch.States, updates, momentum, options.dampening!.Value);
            Tensor[] velocities = batch.Select(state => state.momentum_buffer!);
            updates = options.nesterov == true ? Foreach.Add(updates, velocities, momentum) : velocities;
        }

        Foreach.Add_(parameters, updates, -options.LearningRate!.Value);
    }

    // The first step, in which velocities begin as gradients, is made of foreach operators.
    private static bool MovesOnCpu(Options options, Batch<State> batch) =>
        options.momentum is not (null or 0)
        && batch.States.All(state => state.momentum_buffer is not null)
        && batch.Parameters.All(parameter => parameter.device_type == DeviceType.CPU);

    private static void Accelerate(State[] states, Tensor[] gradients, double momentum, double dampening)
    {
        List<Tensor> velocities = [];
        List<Tensor> additions = [];
        for (int i = 0; i < states.Length; i++)
        {
            if (states[i].momentum_buffer is { } velocity)
            {
                velocities.Add(velocity);
                additions.Add(gradients[i]);
            }
            else
            {
                states[i].momentum_buffer = gradients[i].clone().DetachFromDisposeScope();
            }
        }

        if (velocities.Count > 0)
        {
            Foreach.Mul_([.. velocities], momentum);
            Foreach.Add_([.. velocities], [.. additions], 1 - dampening);
        }
    }

    private protected override OptimizerState NewState(Parameter parameter) => new State(parameter);

    private protected override OptimizerOptions Complete(OptimizerOptions? given)
    {
        Options options = (Options?)given ?? new Options();
        Options defaults = (Options)_defaults;
        options.LearningRate ??= defaults.LearningRate;
        options.momentum ??= defaults.momentum;
        options.dampening ??= defaults.dampening;
        options.weight_decay ??= defaults.weight_decay;
        options.nesterov ??= defaults.nesterov;
        options.maximize ??= defaults.maximize;
        return options;
    }

    /// <summary>The velocity of a parameter.</summary>
    public sealed class State : OptimizerState, IDisposable
    {
        /// <summary>The velocity, of the parameter's shape; null before the first step with momentum.</summary>
        public Tensor? momentum_buffer;

        /// <summary>Remembers nothing yet.</summary>
        /// <param name="parameter">The parameter.</param>
        public State(Parameter parameter)
            : base(parameter) { }

        /// <summary>Frees the velocity.</summary>
        public void Dispose() => Free();

        /// <inheritdoc/>
        public override void Initialize(OptimizerOptions options) => Free();

        /// <inheritdoc/>
        public override void SaveStateDict(BinaryWriter writer) => Save(writer, momentum_buffer);

        /// <inheritdoc/>
        public override void LoadStateDict(BinaryReader reader) => Load(reader, ref momentum_buffer);

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerState source) =>
            Copy(((State)source).momentum_buffer, ref momentum_buffer);

        /// <inheritdoc/>
        public override bool ApproximatelyEquals(OptimizerState other) =>
            other is State state && Close(momentum_buffer, state.momentum_buffer);

        /// <inheritdoc/>
        public override void to(Device device) => Move(ref momentum_buffer, device);

        internal override void Free() => Replace(ref momentum_buffer, null);
    }

    /// <summary>The settings of a group. What is null is taken from the optimizer.</summary>
    public class Options : OptimizerOptions
    {
        /// <summary>How much of the last velocity goes on.</summary>
        public double? momentum;

        /// <summary>How much of the gradient stays out of the velocity.</summary>
        public double? dampening;

        /// <summary>The weight of the parameters' squares (halved) in the loss.</summary>
        public double? weight_decay;

        /// <summary>Whether to look ahead by one velocity.</summary>
        public bool? nesterov;

        /// <summary>Whether to climb.</summary>
        public bool? maximize;

        /// <inheritdoc/>
        public override void SaveStateDict(BinaryWriter writer)
        {
            base.SaveStateDict(writer);
            writer.Write(momentum!.Value);
            writer.Write(dampening!.Value);
            writer.Write(weight_decay!.Value);
            writer.Write(nesterov!.Value);
            writer.Write(maximize!.Value);
        }

        /// <inheritdoc/>
        public override void LoadStateDict(BinaryReader reader)
        {
            base.LoadStateDict(reader);
            momentum = reader.ReadDouble();
            dampening = reader.ReadDouble();
            weight_decay = reader.ReadDouble();
            nesterov = reader.ReadBoolean();
            maximize = reader.ReadBoolean();
        }

        /// <inheritdoc/>
        public override void LoadStateDict(OptimizerOptions source)
        {
            base.LoadStateDict(source);
            Options other = (Options)source;
            momentum = other.momentum;
            dampening = other.dampening;
            weight_decay = other.weight_decay;
            nesterov = other.nesterov;
            maximize = other.maximize;
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

        /// <summary>A group with all settings given.</summary>
        /// <param name="parameters">The parameters.</param>
        /// <param name="lr">The learning rate.</param>
        /// <param name="momentum">How much of the last velocity goes on.</param>
        /// <param name="dampening">How much of the gradient stays out of the velocity.</param>
        /// <param name="weight_decay">The weight of the parameters' squares (halved) in the loss.</param>
        /// <param name="nesterov">Whether to look ahead by one velocity.</param>
        /// <param name="maximize">Whether to climb.</param>
        public ParamGroup(
            IEnumerable<Parameter> parameters,
            double lr = 1e-3,
            double momentum = 0.0,
            double dampening = 0,
            double weight_decay = 0,
            bool nesterov = false,
            bool maximize = false
        )
            : base(
                parameters,
                new Options
                {
                    LearningRate = lr,
                    momentum = momentum,
                    dampening = dampening,
                    weight_decay = weight_decay,
                    nesterov = nesterov,
                    maximize = maximize,
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
