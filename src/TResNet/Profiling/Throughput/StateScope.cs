using TorchSharp.Modules;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Profiling.Throughput;

/// <summary>Lends a network to a measurement: at the end its weights, buffers, gradients and training flags are what they were.</summary>
internal sealed class StateScope : IDisposable
{
    private readonly ModeScope mode;
    private readonly (Tensor Tensor, Tensor Copy)[] state = [];
    private readonly (Parameter Parameter, Tensor? Gradient)[] gradients = [];

    /// <summary>Evaluation changes nothing but the flags, so only training costs a copy, and none where nobody wants the network back.</summary>
    public StateScope(nn.Module model, bool training, bool isLent = true)
    {
        if (training && isLent)
        {
            using var ungraded = no_grad();
            state = [.. model.state_dict().Values.Select(tensor => (tensor, tensor.clone()))];
            gradients = [.. model.parameters().Select(parameter => (parameter, parameter.grad?.clone()))];
        }

        mode = new ModeScope(model, training);
    }

    public void Dispose()
    {
        mode.Dispose();
        using var ungraded = no_grad();
        foreach (var (tensor, copy) in state)
        {
            tensor.copy_(copy);
            copy.Dispose();
        }

        foreach (var (parameter, gradient) in gradients)
        {
            parameter.grad = gradient;
        }
    }
}
