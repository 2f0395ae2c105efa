// What TorchSharp's own optimisers have each for itself: groups of parameters with one weight decay, up to two tensors and a number kept for each parameter, and
// their way to a state and back.

using TorchSharp;
using TorchSharp.Modules;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Training.Optimizers;

/// <summary>An optimiser that changes one parameter after the other.</summary>
internal abstract class GroupedOptimizer : OptimizerHelper
{
    /// <summary>An optimiser of some groups.</summary>
    /// <param name="groups">Parameters, and what is common to them.</param>
    /// <param name="first">What the first kept tensor begins with.</param>
    /// <param name="hasSecond">Whether a second one is kept, which begins with zeros.</param>
    /// <param name="hasProduct">Whether a product over the steps is kept, one number that begins with 1.</param>
    protected GroupedOptimizer(
        IEnumerable<Group> groups,
        double first = 0,
        bool hasSecond = true,
        bool hasProduct = false
    )
    {
        _parameter_groups = [.. groups];
        foreach (var parameter in parameters())
        {
            _state[parameter.Handle] = new Kept(parameter, first, hasSecond, hasProduct);
        }
    }

    /// <inheritdoc/>
    public sealed override Tensor step(Func<Tensor>? closure = null)
    {
        using (no_grad())
        using (NewDisposeScope())
        {
            Prepare();
        }

        return _step<Group>(
            group =>
            {
                foreach (var parameter in group.Parameters)
                {
                    if (parameter.grad is { } gradient)
                    {
                        var kept = (Kept)_state[parameter.Handle];
                        kept.step++;
                        Change(parameter, gradient, kept, group.Shared);
                    }
                }
            },
            closure
        );
    }

    /// <summary>Looks at all gradients before any parameter is changed.</summary>
    protected virtual void Prepare() { }

    /// <summary>Changes a parameter; without autograd, within a scope.</summary>
    /// <param name="parameter">The parameter, changed in place.</param>
    /// <param name="gradient">Its gradient, left as it is.</param>
    /// <param name="kept">What is kept of earlier steps, with this one counted.</param>
    /// <param name="shared">What is common to its group.</param>
    protected abstract void Change(Tensor parameter, Tensor gradient, Kept kept, Shared shared);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
        {
            foreach (var (_, state) in _state)
            {
                ((Kept)state).Dispose();
            }

            _state.Clear();
        }
    }

    /// <summary>Parameters with one weight decay.</summary>
    internal sealed class Group : ParamGroup<Shared>, optim.IMomentum
    {
        public Group(IEnumerable<Parameter> parameters, double rate, double momentum, double decay)
            : base(
                parameters,
                new Shared
                {
                    LearningRate = rate,
                    InitialLearningRate = rate,
                    Momentum = momentum,
                    Decay = decay,
                }
            ) { }

        /// <summary>Momentum, or the first beta.</summary>
        public double Momentum
        {
            get => Shared.Momentum;
            set => Shared.Momentum = value;
        }

        public Shared Shared => Options;
    }

    /// <summary>What is common to the parameters of a group.</summary>
    internal sealed class Shared : OptimizerOptions
    {
        public double Momentum { get; set; }

        public double Decay { get; init; }

        public double Rate => LearningRate!.Value;

        /// <summary>The gradient, with the decay that is part of it.</summary>
        public Tensor WithDecay(Tensor gradient, Tensor parameter)
        {
            using Scalar decay = Decay;
            return Decay == 0 ? gradient : gradient.add(parameter, alpha: decay);
        }
    }

    /// <summary>What is kept for a parameter. The fields are tensors of a state, as TrainingState looks for them.</summary>
    internal sealed class Kept : OptimizerState, IDisposable
    {
        public long step;
        public Tensor first;
        public Tensor? second;
        public Tensor? product;
        private readonly double start;

        public Kept(Parameter parameter, double start, bool hasSecond, bool hasProduct)
            : base(parameter)
        {
            this.start = start;
            first = full_like(parameter, start).detach().DetachFromDisposeScope();
            second = hasSecond ? zeros_like(parameter).detach().DetachFromDisposeScope() : null;
            product = hasProduct ? ones(1, dtype: ScalarType.Float64).DetachFromDisposeScope() : null;
        }

        public override void SaveStateDict(BinaryWriter writer)
        {
            writer.Write(step);
            first.Save(writer);
            second?.Save(writer);
            product?.Save(writer);
        }

        public override void LoadStateDict(BinaryReader reader)
        {
            step = reader.ReadInt64();
            first.Load(reader);
            second?.Load(reader);
            product?.Load(reader);
        }

        public override void LoadStateDict(OptimizerState source)
        {
            using var _ = no_grad();
            var other = (Kept)source;
            step = other.step;
            first.copy_(other.first);
            second?.copy_(other.second!);
            product?.copy_(other.product!);
        }

        public override void Initialize(OptimizerOptions options)
        {
            using var _ = no_grad();
            step = 0;
            first.fill_(start);
            second?.zero_();
            product?.fill_(Scalars.One);
        }

        public override void to(Device device)
        {
            first = first.to(device);
            second = second?.to(device);
        }

        public void Dispose()
        {
            first.Dispose();
            second?.Dispose();
            product?.Dispose();
        }
    }
}
