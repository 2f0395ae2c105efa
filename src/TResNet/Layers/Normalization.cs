using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>A normalisation together with the activation behind it, as one layer on [N, C, H, W].</summary>
public abstract class Normalization : nn.Module<Tensor, Tensor>, ILowers
{
    private protected Normalization(string name)
        : base(name) { }

    /// <summary>Whether nobody else uses its input, so that the result may take its place.</summary>
    internal bool OwnsInput { get; set; }

    /// <summary>Starts the weight at zero, so that a residual branch begins as nothing (Goyal et al., arXiv 1706.02677, section 5.1).</summary>
    internal void ZeroWeight()
    {
        using var _ = no_grad();
        get_parameter("weight")!.zero_();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x) => Lower(graph, x);

    private protected abstract Value Lower(GraphBuilder graph, Value x);
}
