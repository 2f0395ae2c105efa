// EvoNorm-S0: Liu et al., "Evolving Normalization-Activation Layers", arXiv 2004.02967, table 1.
using TorchSharp.Modules;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// Normalisation and activation in one expression, without batch statistics: x sigmoid(v x) / std(x) weight + bias, with the deviation taken
/// over groups of channels of one image.
/// </summary>
internal sealed class EvoNormS0 : Normalization
{
    private const double Epsilon = 1e-5;
    private const long MostGroups = 32;

    private readonly bool activate;
    private readonly long groups;

    /// <summary>Makes the layer: weight and v 1, bias 0.</summary>
    /// <param name="channels">Channels of its input. Its groups are the paper's 32, or the largest smaller number that divides them.</param>
    /// <param name="activate">Whether it activates; without, only weight and bias are left, as timm has it for a branch's end.</param>
    public EvoNormS0(long channels, bool activate = true)
        : base(nameof(EvoNormS0))
    {
        this.activate = activate;
        groups = MostGroups;
        while (channels % groups != 0)
        {
            groups--;
        }

        register_parameter("weight", new Parameter(ones(channels)));
        register_parameter("bias", new Parameter(zeros(channels)));
        if (activate)
        {
            register_parameter("v", new Parameter(ones(channels)));
        }
    }

    /// <summary>Groups of channels that share a deviation.</summary>
    public long Groups => groups;

    /// <summary>Normalises and activates [N, C, H, W].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (activate)
        {
            var v = get_parameter("v")!;
            x = x * (x * PerChannel(v)).sigmoid() / Deviation(x);
        }

        return (
            x * PerChannel(get_parameter("weight")!) + PerChannel(get_parameter("bias")!)
        ).MoveToOuterDisposeScope();
    }

    private protected override Value Lower(GraphBuilder graph, Value x)
    {
        var weight = GraphBuilder.Weight(get_parameter("weight")!);
        var bias = GraphBuilder.Weight(get_parameter("bias")!);
        return activate
            ? graph.Add(
                new Graphs.EvoNormS0(x, GraphBuilder.Weight(get_parameter("v")!), weight, bias, groups, Epsilon)
            )
            : graph.Affine(x, weight, bias);
    }

    private static Tensor PerChannel(Tensor values) => values.view(1, -1, 1, 1);

    private Tensor Deviation(Tensor x)
    {
        var (c, h, w) = (x.shape[1], x.shape[2], x.shape[3]);
        var variance = x.reshape(-1, groups, c / groups, h, w).var([2, 3, 4], unbiased: false, keepdim: true);
        return (variance + Epsilon).sqrt().expand(-1, groups, c / groups, 1, 1).reshape(-1, c, 1, 1);
    }
}
