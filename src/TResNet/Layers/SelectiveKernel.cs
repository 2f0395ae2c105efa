// Selective kernels: Li et al., arXiv 1903.06586, section 3.1; the 5x5 kernel is a 3x3 one of dilation 2, as there. The split of the input is timm's.
using TorchSharp.Modules;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>Two convolutions of different reach, mixed for each channel by a softmax over the paths.</summary>
internal sealed class SelectiveKernel : nn.Module<Tensor, Tensor>, ILowers
{
    private const int Paths = 2;

    private readonly bool splitsInput;
    private readonly ModuleList<ConvNormAct> paths;
    private readonly PathAttention attn;

    /// <summary>Makes the layer.</summary>
    /// <param name="inChannels">Channels of its input, even where it is split.</param>
    /// <param name="outChannels">Channels of its output.</param>
    /// <param name="kernel">Whether the input is split, and how wide the attention is.</param>
    /// <param name="options">What all layers of a network share.</param>
    /// <param name="sampling">Stride, dilation and groups of the shorter path.</param>
    public SelectiveKernel(
        long inChannels,
        long outChannels,
        SelectiveKernelConvolution kernel,
        LayerOptions options,
        Sampling sampling
    )
        : base(nameof(SelectiveKernel))
    {
        splitsInput = kernel.SplitsInput;
        paths = nn.ModuleList<ConvNormAct>([
            .. Enumerable
                .Range(1, Paths)
                .Select(reach => new ConvNormAct(
                    splitsInput ? inChannels / Paths : inChannels,
                    outChannels,
                    3,
                    options.NormAct.Inner,
                    options,
                    sampling with
                    {
                        Dilation = sampling.Dilation * reach,
                    }
                )),
        ]);
        attn = new PathAttention(outChannels, ChannelRounding.Divisible(outChannels / 16.0, kernel.Divisor));
        RegisterComponents();
    }

    /// <summary>Maps [N, in, H, W] to [N, out, H/stride, W/stride].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var parts = splitsInput ? x.chunk(Paths, 1) : [x, x];
        var seen = stack(parts.Select((part, i) => paths[i].call(part)), 1);
        return (seen * attn.call(seen)).sum(1).MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        var half = x.Channels / Paths;
        Value[] seen =
        [
            .. paths.Select((path, i) => graph.Lower(path, splitsInput ? graph.Add(new Slice(x, i * half, half)) : x)),
        ];
        return graph.Add(new Mix(seen, attn.Lower(graph, seen)));
    }

    /// <summary>The share of each path in each channel: [N, paths, C, H, W] to [N, paths, C, 1, 1], which sums to 1 over the paths.</summary>
    private sealed class PathAttention : nn.Module<Tensor, Tensor>
    {
        private readonly Conv2d fc_reduce;
        private readonly Abn bn;
        private readonly Conv2d fc_select;

        internal PathAttention(long channels, long reduced)
            : base(nameof(PathAttention))
        {
            fc_reduce = new Conv2d(channels, reduced, 1, bias: false);
            bn = new Abn(reduced, Activation.ReLU);
            fc_select = new Conv2d(reduced, channels * Paths, 1, bias: false);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var squeezed = x.sum(1).mean([2, 3], keepdim: true);
            var scores = fc_select.call(bn.call(fc_reduce.call(squeezed)));
            return scores.view(-1, Paths, x.shape[2], 1, 1).softmax(1).MoveToOuterDisposeScope();
        }

        // The mean of a sum is the sum of means, which takes no pass over the maps to make the sum.
        internal Value Lower(GraphBuilder graph, Value[] seen)
        {
            var squeezed = graph.Add(new Mix([.. seen.Select(path => graph.Add(new GlobalMean(path)))]));
            return graph.Add(new PartSoftmax(graph.Lower([fc_reduce, bn, fc_select], squeezed), Paths));
        }
    }
}
