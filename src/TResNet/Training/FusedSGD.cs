using TorchSharp;
using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>
/// Stochastic gradient descent with momentum: TorchSharp's, whose state it keeps, in one pass over each parameter on a CPU, where the native
/// kernels are.
/// </summary>
internal sealed class FusedSGD(
    IEnumerable<SGD.ParamGroup> parameters,
    double learningRate,
    double momentum,
    bool nesterov
) : SGD(parameters, learningRate, momentum, nesterov: nesterov)
{
    /// <inheritdoc/>
    public override Tensor step(Func<Tensor>? closure = null) =>
        IsFused() ? _step<ParamGroup>(Fused, closure) : base.step(closure);

    /// <inheritdoc/>
    public override StateDictionary state_dict()
    {
        // TorchSharp writes tensors in plain order alone.
        foreach (var parameter in parameters())
        {
            var state = (State)_state[parameter.Handle];
            if (state.momentum_buffer is { } velocity && !velocity.is_contiguous())
            {
                state.momentum_buffer = velocity.contiguous().DetachFromDisposeScope();
                velocity.Dispose();
            }
        }

        return base.state_dict();
    }

    private bool IsFused() =>
        NativeKernels.Available
        && _parameter_groups
            .Select(group => (Options)group.Options)
            .All(options => options is { momentum: > 0, dampening: 0, maximize: false });

    // Within _step's scope, without autograd.
    private void Fused(ParamGroup group)
    {
        var options = (Options)group.Options;
        var rule = new SgdOptions
        {
            Rate = options.LearningRate!.Value,
            Momentum = options.momentum!.Value,
            Decay = options.weight_decay!.Value,
            Nesterov = options.nesterov == true ? 1 : 0,
        };
        List<(Tensor Parameter, Tensor Gradient, Tensor Velocity)> fused = [];
        foreach (var parameter in group.Parameters)
        {
            if (parameter.grad is not { } gradient)
            {
                continue;
            }

            var state = (State)_state[parameter.Handle];
            state.momentum_buffer ??= zeros_like(parameter).detach().DetachFromDisposeScope();
            if (SgdStep.Takes(parameter, gradient))
            {
                fused.Add((parameter, SgdStep.InOrderOf(parameter, gradient), VelocityOf(parameter, state)));
            }
            else
            {
                Plain(parameter, gradient, state.momentum_buffer, rule);
            }
        }

        foreach (var alike in fused.GroupBy(one => one.Parameter.dtype))
        {
            SgdStep.Run(
                [.. alike.Select(one => one.Parameter)],
                [.. alike.Select(one => one.Gradient)],
                [.. alike.Select(one => one.Velocity)],
                rule
            );
        }
    }

    // One that was read from a file is in plain order: it takes the parameter's, so that a run that goes on rounds as one that never stopped.
    private static Tensor VelocityOf(Parameter parameter, State state)
    {
        var velocity = SgdStep.InOrderOf(parameter, state.momentum_buffer);
        if (!ReferenceEquals(velocity, state.momentum_buffer))
        {
            state.momentum_buffer.Dispose();
            state.momentum_buffer = velocity.DetachFromDisposeScope();
        }

        return velocity;
    }

    private static void Plain(Tensor parameter, Tensor gradient, Tensor velocity, in SgdOptions rule)
    {
        using Scalar decay = rule.Decay;
        using Scalar momentum = rule.Momentum;
        using Scalar rate = -rule.Rate;
        var change = rule.Decay == 0 ? gradient : gradient.add(parameter, alpha: decay);
        velocity.mul_(momentum).add_(change, alpha: Scalars.One);
        parameter.add_(rule.Nesterov == 0 ? velocity : change.add(velocity, alpha: momentum), alpha: rate);
    }
}
