using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>Puts a network into training or evaluation mode, and each of its modules back into its own mode at the end.</summary>
internal sealed class ModeScope : IDisposable
{
    private readonly (nn.Module Module, bool Training)[] before;

    public ModeScope(nn.Module model, bool training)
    {
        before = [.. model.modules().Prepend(model).Select(module => (module, module.training))];
        model.train(training);
    }

    public void Dispose()
    {
        // train(bool) reaches all modules inside; parents come first, so each module's own mode is the last one set.
        foreach (var (module, training) in before)
        {
            module.train(training);
        }
    }
}
