using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>Turns the last feature map into one vector an image.</summary>
internal sealed class GlobalPooling : nn.Module<Tensor, Tensor>, ILowers
{
    private readonly GlobalPool kind;
    private readonly bool flatten;

    /// <summary>Makes the layer.</summary>
    /// <param name="kind">How.</param>
    /// <param name="flatten">Gives [N, C]; otherwise [N, C, 1, 1].</param>
    public GlobalPooling(GlobalPool kind, bool flatten = true)
        : base(nameof(GlobalPooling))
    {
        this.kind = kind;
        this.flatten = flatten;
    }

    /// <summary>The features that come out for each channel that goes in.</summary>
    /// <param name="kind">How it pools.</param>
    internal static int FeaturesPerChannel(GlobalPool kind) => kind == GlobalPool.CatAvgMax ? 2 : 1;

    /// <summary>Pools [N, C, H, W] over H and W.</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var pooled = kind switch
        {
            GlobalPool.Max => x.amax([2, 3], keepdim: !flatten),
            GlobalPool.CatAvgMax => cat([x.mean([2, 3], keepdim: !flatten), x.amax([2, 3], keepdim: !flatten)], 1),
            _ => x.mean([2, 3], keepdim: !flatten),
        };
        return pooled.MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        var pooled = kind switch
        {
            GlobalPool.Max => graph.Add(new GlobalMax(x)),
            GlobalPool.CatAvgMax => graph.Add(
                new Concatenation([graph.Add(new GlobalMean(x)), graph.Add(new GlobalMax(x))])
            ),
            _ => graph.Add(new GlobalMean(x)),
        };
        return flatten ? graph.Add(new Flatten(pooled)) : pooled;
    }
}

/// <summary>Global poolings, by timm's names.</summary>
public enum GlobalPool
{
    /// <summary>Each channel's mean.</summary>
    Avg,

    /// <summary>Each channel's maximum.</summary>
    Max,

    /// <summary>Both, one behind the other: twice as many features.</summary>
    CatAvgMax,
}
