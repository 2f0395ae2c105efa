using static TorchSharp.torch;

namespace TResNet.Graphs;

/// <summary>Makes networks quick for inference.</summary>
public static class Optimization
{
    /// <summary>The network as a plan.</summary>
    public static OptimizedModule Optimize(
        this nn.Module<Tensor, Tensor> model,
        Tensor example,
        ScalarType? type = null,
        CancellationToken cancel = default
    ) => throw new TResNetException("There are no plans.");
}
