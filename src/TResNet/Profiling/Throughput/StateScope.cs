using TorchSharp.Modules;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Profiling.Throughput;

/// <summary>Lends a network to a measurement: at the end its weights, buffers, gradients and training flags are what they were.</summary>
internal sealed class StateScope : IDisposable
{
    private readonly ModeScope _mode;
    private readonly (Tensor Tensor, Tensor Copy)[] _state = [];
    private readonly (Parameter Parameter, Tensor? Gradient)[] _gradients = [];

    /// <summary>Evaluation changes nothing but the flags, so only training costs a copy.</summary>
    public StateScope(nn.Module model, bool training)
    {
        if (training)
        {
            using var ungraded = no_grad();
            _state = [.. model.state_dict().Values.Select(tensor => (tensor, tensor.clone()))];
            _gradients = [.. model.parameters().Select(parameter => (parameter, parameter.grad?.clone()))];
        }

        _mode = new ModeScope(model, training);
    }

    public void Dispose()
    {
        _mode.Dispose();
        using var ungraded = no_grad();
        foreach (var (tensor, copy) in _state)
        {
            tensor.copy_(copy);
            copy.Dispose();
        }

        foreach (var (parameter, gradient) in _gradients)
        {
            parameter.grad = gradient;
        }
    }
}
