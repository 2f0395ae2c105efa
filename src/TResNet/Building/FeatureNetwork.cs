using TResNet.Architectures;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Building;

/// <summary>
/// A network without its head: images [N, C, H, W] to feature maps, finest first, as detection and segmentation need them (timm's
/// <c>features_only</c>). Its parameters have the network's names, so that a checkpoint's values fit; layers behind the last map are left out.
/// </summary>
/// <example><c>using var backbone = Models.CreateFeatures("tresnet_m", outIndices: [1, 2, 3]);</c></example>
public sealed class FeatureNetwork : nn.Module<Tensor, Tensor[]>, ILowersToMany
{
    // A function: a field of type Network would be registered, and its name would come before all others.
    private readonly Func<Tensor, Tensor[]> compute;
    private readonly Func<GraphBuilder, Value, IReadOnlyList<Value>> lower;

    /// <summary>Takes a network over.</summary>
    /// <param name="network">The network; it must not be used afterwards.</param>
    /// <param name="outIndices">Which of its feature maps; all where it is null.</param>
    internal FeatureNetwork(Network network, IReadOnlyList<int>? outIndices)
        : base(network.Info.Name)
    {
        var indices = network.Indices(outIndices);
        Info = network.Info;
        InChans = network.InChans;
        FeatureInfo = [.. indices.Select(i => network.FeatureInfo[i])];
        network.Prune(indices.Max());
        foreach (var (name, child) in network.named_children())
        {
            register_module(name, child);
        }

        compute = x => network.forward_intermediates(x, indices);
        lower = (graph, x) => network.LowerIntermediates(graph, x, indices);
    }

    /// <summary>What the network is.</summary>
    public ModelInfo Info { get; }

    /// <summary>Channels of its input.</summary>
    internal int InChans { get; }

    /// <summary>The feature maps, in the order in which they come out.</summary>
    public IReadOnlyList<FeatureInfo> FeatureInfo { get; }

    /// <summary>Maps images [N, C, H, W] to feature maps [N, C', H/reduction, W/reduction].</summary>
    public override Tensor[] forward(Tensor x) => compute(x);

    IReadOnlyList<Value> ILowersToMany.Lower(GraphBuilder graph, Value x) => lower(graph, x);
}
