// Efficient channel attention: Wang et al., "ECA-Net", arXiv 1910.03151, figure 2 and equation 12 (the kernel's size).
using TorchSharp.Modules;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

public abstract partial record Attention
{
    /// <summary>Efficient channel attention (Wang et al., arXiv 1910.03151).</summary>
    public static Attention Eca { get; } = new EcaAttention(IsCircular: false);

    /// <summary>Efficient channel attention whose convolution is circular: the last channel neighbours the first (timm's cECA).</summary>
    public static Attention CircularEca { get; } = new EcaAttention(IsCircular: true);
}

/// <summary>Efficient channel attention.</summary>
/// <param name="IsCircular">Whether the last channel neighbours the first.</param>
internal sealed record EcaAttention(bool IsCircular) : Attention
{
    internal override string Name => IsCircular ? "ceca" : "eca";

    internal override string[] OtherNames => IsCircular ? ["circular-eca"] : [];

    internal override string Label => IsCircular ? "cECA" : "ECA";

    internal override nn.Module<Tensor, Tensor> Make(AttentionPlace place) =>
        new EfficientChannelAttention(place.Channels, IsCircular);
}

/// <summary>Scales each channel by a gate that a convolution over the channels computes from the means of its neighbours: a handful of weights.</summary>
public sealed class EfficientChannelAttention : nn.Module<Tensor, Tensor>, ILowers, IAttentionLayer
{
    private readonly int reach;
    private readonly bool circular;
    private readonly ChannelKernel conv;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">Channels of its input; the kernel's size grows with their logarithm.</param>
    /// <param name="circular">Whether the last channel neighbours the first (cECA), or zeros lie beyond both.</param>
    public EfficientChannelAttention(long channels, bool circular = false)
        : base(nameof(EfficientChannelAttention))
    {
        var size = KernelSize(channels);
        this.circular = circular;
        reach = size / 2;
        conv = new ChannelKernel(size);
        RegisterComponents();
    }

    /// <summary>Scales [N, C, H, W].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var c = x.shape[1];
        var means = x.mean([2, 3]).view(-1, 1, 1, c);
        if (circular)
        {
            means = cat([means.narrow(3, c - reach, reach), means, means.narrow(3, 0, reach)], 3);
        }

        var kernel = conv.Weight.unsqueeze(2);
        var gate = nn.functional.conv2d(means, kernel, padding: [0, circular ? 0 : reach]).sigmoid();
        return (x * gate.view(-1, c, 1, 1)).MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        var means = graph.Add(new GlobalMean(x));
        var scores = graph.Add(new ChannelConvolution(means, GraphBuilder.Weight(conv.Weight), circular));
        return graph.Gate(x, graph.Activation(scores, Nonlinearity.Sigmoid));
    }

    /// <summary>|log2(C) + 1| / 2, made odd, at least 3: gamma 2 and b 1 of equation 12.</summary>
    internal static int KernelSize(long channels)
    {
        var size = (int)(Math.Abs(Math.Log2(channels) + 1) / 2);
        return Math.Max(size % 2 == 1 ? size : size + 1, 3);
    }

    /// <summary>The weight under the name and with the shape of PyTorch's <c>Conv1d</c>: [1, 1, size].</summary>
    private sealed class ChannelKernel : nn.Module
    {
        internal ChannelKernel(int size)
            : base(nameof(ChannelKernel))
        {
            var weight = new Parameter(empty(1, 1, size));
            nn.init.kaiming_uniform_(weight, Math.Sqrt(5));
            register_parameter("weight", weight);
        }

        internal Tensor Weight => get_parameter("weight")!;
    }
}
