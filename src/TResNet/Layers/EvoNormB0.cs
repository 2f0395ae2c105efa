// EvoNorm-B0: Liu et al., "Evolving Normalization-Activation Layers", arXiv 2004.02967, table 1.
using TorchSharp;
using TorchSharp.Modules;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// Normalisation and activation in one expression: x / max(std of the batch, v x + std of the instance) weight + bias. In evaluation the
/// batch's variance is the running one.
/// </summary>
internal sealed class EvoNormB0 : Normalization
{
    private const double Epsilon = 1e-3;
    private const double Momentum = 0.1;

    private readonly bool activate;

    /// <summary>Makes the layer: weight and v 1, bias 0, running variance 1.</summary>
    /// <param name="channels">Channels of its input.</param>
    /// <param name="activate">Whether it activates; without, only weight and bias are left, as timm has it for a branch's end.</param>
    public EvoNormB0(long channels, bool activate = true)
        : base(nameof(EvoNormB0))
    {
        this.activate = activate;
        register_parameter("weight", new Parameter(ones(channels)));
        register_parameter("bias", new Parameter(zeros(channels)));
        if (activate)
        {
            register_parameter("v", new Parameter(ones(channels)));
        }

        register_buffer("running_var", ones(channels));
    }

    /// <summary>Normalises and activates [N, C, H, W]; in training the running variance moves by a tenth.</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        if (activate)
        {
            var v = get_parameter("v")!;
            var batch = (BatchVariance(x) + Epsilon).sqrt();
            var instance = (x.var([2, 3], unbiased: false, keepdim: true) + Epsilon).sqrt();
            x = x / PerChannel(batch).maximum(x * PerChannel(v) + instance);
        }

        return (
            x * PerChannel(get_parameter("weight")!) + PerChannel(get_parameter("bias")!)
        ).MoveToOuterDisposeScope();
    }

    private protected override Value Lower(GraphBuilder graph, Value x)
    {
        var weight = GraphBuilder.Weight(get_parameter("weight")!);
        var bias = GraphBuilder.Weight(get_parameter("bias")!);
        if (!activate)
        {
            return graph.Affine(x, weight, bias);
        }

        using var _ = no_grad();
        var variance = get_buffer("running_var")!;
        using var deviation = (variance + Epsilon).sqrt_();
        var v = GraphBuilder.Weight(get_parameter("v")!);
        return graph.Add(
            new Graphs.EvoNormB0(x, v, GraphBuilder.Weight(deviation), weight, bias, Epsilon)
            {
                Variance = GraphBuilder.Weight(variance),
            }
        );
    }

    private static Tensor PerChannel(Tensor values) => values.view(1, -1, 1, 1);

    private Tensor BatchVariance(Tensor x)
    {
        var running = get_buffer("running_var")!;
        if (!training)
        {
            return running;
        }

        var variance = x.var([0, 2, 3], unbiased: false);
        using var _ = no_grad();
        double seen = x.numel() / x.shape[1];
        using Scalar kept = 1 - Momentum;
        using Scalar added = Momentum * seen / (seen - 1);
        running.mul_(kept).add_(variance.detach() * added);
        return variance;
    }
}
