// What all optimizers share: groups, states by parameter, saving and loading.
using static TorchSharp.torch;
using static TorchSharp.torch.optim;

namespace TorchSharp.Modules;

/// <summary>The base of the optimizers of this library.</summary>
public abstract class OptimizerHelper : Optimizer
{
    private readonly Dictionary<Parameter, OptimizerState> _state = new(ReferenceEqualityComparer.Instance);

    /// <summary>The settings that groups leave out.</summary>
    protected OptimizerOptions _defaults = new();

    /// <inheritdoc/>
    public override void zero_grad()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable withoutGradients = no_grad();
        Tensor[] gradients = [.. parameters().Select(parameter => parameter.grad).OfType<Tensor>()];
        if (gradients.Length > 0)
        {
            Foreach.Zero_(gradients);
        }
    }

    /// <summary>The settings and the state, live: not copies.</summary>
    public virtual StateDictionary state_dict()
    {
        StateDictionary dictionary = new();
        foreach (ParamGroup group in _parameter_groups)
        {
            dictionary.Options.Add(group.Options);
            List<int> places = [];
            foreach (Parameter parameter in group.Parameters)
            {
                places.Add(dictionary.State.Count);
                dictionary.State.Add(_state[parameter]);
            }

            dictionary.StateIndexRef.Add(places);
        }

        return dictionary;
    }

    /// <summary>Copies another optimizer's settings and state.</summary>
    /// <param name="state_dict">What another optimizer's <see cref="state_dict"/> returned.</param>
    /// <exception cref="ArgumentException">The groups or parameters are not as many.</exception>
    public virtual void load_state_dict(StateDictionary state_dict)
    {
        StateDictionary own = this.state_dict();
        RequireSameCounts(own, state_dict.Options.Count, state_dict.State.Count);
        foreach ((OptimizerOptions mine, OptimizerOptions theirs) in own.Options.Zip(state_dict.Options))
        {
            mine.LoadStateDict(theirs);
        }

        foreach ((OptimizerState mine, OptimizerState theirs) in own.State.Zip(state_dict.State))
        {
            mine.LoadStateDict(theirs);
        }
    }

    /// <summary>Saves the settings and the state to a file.</summary>
    /// <param name="location">The path of the file.</param>
    public void save_state_dict(string location)
    {
        using FileStream stream = File.Create(location);
        using BinaryWriter writer = new(stream);
        save_state_dict(writer);
    }

    /// <summary>Saves the settings and the state.</summary>
    /// <param name="writer">Where to write.</param>
    public void save_state_dict(BinaryWriter writer)
    {
        StateDictionary own = state_dict();
        writer.Write(GetType().Name);
        writer.Encode(own.Options.Count);
        writer.Encode(own.State.Count);
        foreach (OptimizerOptions options in own.Options)
        {
            options.SaveStateDict(writer);
        }

        foreach (OptimizerState state in own.State)
        {
            state.SaveStateDict(writer);
        }
    }

    /// <summary>Loads settings and state from a file that <see cref="save_state_dict(string)"/> wrote.</summary>
    /// <param name="location">The path of the file.</param>
    /// <exception cref="InvalidDataException">The file is another kind of optimizer's.</exception>
    /// <exception cref="ArgumentException">The groups or parameters are not as many.</exception>
    public void load_state_dict(string location)
    {
        using FileStream stream = File.OpenRead(location);
        using BinaryReader reader = new(stream);
        load_state_dict(reader);
    }

    /// <summary>Loads settings and state that <see cref="save_state_dict(BinaryWriter)"/> wrote.</summary>
    /// <param name="reader">Where to read.</param>
    /// <exception cref="InvalidDataException">They are another kind of optimizer's.</exception>
    /// <exception cref="ArgumentException">The groups or parameters are not as many.</exception>
    public void load_state_dict(BinaryReader reader)
    {
        string kind = reader.ReadString();
        if (kind != GetType().Name)
        {
            throw new InvalidDataException($"The saved optimizer is '{kind}', this one is '{GetType().Name}'.");
        }

        StateDictionary own = state_dict();
        RequireSameCounts(own, reader.Decode(), reader.Decode());
        foreach (OptimizerOptions options in own.Options)
        {
            options.LoadStateDict(reader);
        }

        foreach (OptimizerState state in own.State)
        {
            state.LoadStateDict(reader);
        }
    }

    /// <summary>Moves the state to a device, as after moving the module.</summary>
    /// <param name="device">The device.</param>
    public void to(Device device)
    {
        foreach (OptimizerState state in _state.Values)
        {
            state.to(device);
        }
    }

    /// <inheritdoc/>
    public override void add_param_group(ParamGroup param_group)
    {
        OptimizerOptions options = Complete(param_group.Options);
        options.LearningRate ??= _defaults.LearningRate;
        options.InitialLearningRate = options.LearningRate!.Value;
        param_group.Options = options;

        // The list is enumerated in every step: walk the module once.
        Parameter[] parameters = [.. param_group.Parameters];
        foreach (Parameter parameter in parameters)
        {
            if (_state.ContainsKey(parameter))
            {
                throw new ArgumentException(
                    $"A parameter of shape [{string.Join(", ", parameter.shape)}] is in two groups of one optimizer."
                );
            }

            OptimizerState state = NewState(parameter);
            state.Initialize(options);
            _state.Add(parameter, state);
        }

        param_group.Parameters = parameters;
        _parameter_groups.Add(param_group);
    }

    /// <summary>Fills in the settings that a group leaves out.</summary>
    private protected abstract OptimizerOptions Complete(OptimizerOptions? given);

    /// <summary>Makes the memory of a parameter.</summary>
    private protected abstract OptimizerState NewState(Parameter parameter);

    /// <summary>Runs the closure, then the update of each group on the parameters that have gradients.</summary>
    private protected Tensor? Step<TOptions, TState>(Func<Tensor>? closure, Action<TOptions, Batch<TState>> update)
        where TOptions : OptimizerOptions
        where TState : OptimizerState
    {
        Tensor? loss = null;
        if (closure is not null)
        {
            using IDisposable withGradients = enable_grad();
            loss = closure();
        }

        using IDisposable withoutGradients = no_grad();
        foreach (ParamGroup group in _parameter_groups)
        {
            using DisposeScope scope = NewDisposeScope();
            List<TState> states = [];
            List<Tensor> gradients = [];
            foreach (Parameter parameter in group.Parameters)
            {
                if (parameter.grad is { } gradient)
                {
                    states.Add((TState)_state[parameter]);
                    gradients.Add(gradient);
                }
            }

            if (states.Count > 0)
            {
                update((TOptions)group.Options, new Batch<TState>([.. states], [.. gradients]));
            }
        }

        return loss;
    }

    private protected static void Require(bool holds, string name, double value, string range)
    {
        if (!holds)
        {
            throw new ArgumentException($"{name} is {range}, not {value}.", name);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (OptimizerState state in _state.Values)
            {
                state.Free();
            }

            _state.Clear();
            _parameter_groups.Clear();
        }

        base.Dispose(disposing);
    }

    private static void RequireSameCounts(StateDictionary own, long groups, long parameters)
    {
        if (groups != own.Options.Count || parameters != own.State.Count)
        {
            throw new ArgumentException(
                $"The saved optimizer has {groups} groups with {parameters} parameters in all, this one {own.Options.Count} with {own.State.Count}."
            );
        }
    }

    /// <summary>The parameters of a group that have gradients, with their states, as lists for foreach operators.</summary>
    internal readonly record struct Batch<TState>(TState[] States, Tensor[] Gradients)
        where TState : OptimizerState
    {
        public Tensor[] Parameters => Array.ConvertAll(States, state => (Tensor)state.Parameter);

        public Tensor[] Select(Func<TState, Tensor> choose) => Array.ConvertAll(States, state => choose(state));
    }
}
