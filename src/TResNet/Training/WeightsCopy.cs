using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>A copy of a network's parameters and buffers, to be put back bit for bit.</summary>
internal sealed class WeightsCopy : IDisposable
{
    private readonly (Tensor Copy, Tensor Live)[] pairs;

    /// <summary>Copies them as they are.</summary>
    public WeightsCopy(nn.Module model)
    {
        using var _ = no_grad();
        pairs = [.. model.state_dict().Values.Select(live => (live.detach().clone().DetachFromDisposeScope(), live))];
    }

    /// <summary>Copies them again.</summary>
    public void Update()
    {
        using var _ = no_grad();
        foreach (var (copy, live) in pairs)
        {
            copy.copy_(live);
        }
    }

    /// <summary>Puts them back.</summary>
    public void Restore()
    {
        using var _ = no_grad();
        foreach (var (copy, live) in pairs)
        {
            live.copy_(copy);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (copy, _) in pairs)
        {
            copy.Dispose();
        }
    }
}
