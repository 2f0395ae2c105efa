// Split attention: Zhang et al., "ResNeSt", arXiv 2004.08955, figure 2 and section 3.1; the pooling in the place of the stride, section 4.1.
using TorchSharp.Modules;
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// One convolution into several splits, which a softmax for each channel mixes; where it halves the map, 3x3 average pooling does so after
/// the mixing.
/// </summary>
internal sealed class SplitAttention : nn.Module<Tensor, Tensor>, ILowers
{
    private const int LeastWidth = 32;

    private readonly int radix;
    private readonly long groups;
    private readonly Conv2d conv;
    private readonly Normalization bn0;
    private readonly Conv2d fc1;
    private readonly Normalization bn1;
    private readonly Conv2d fc2;
    private readonly AvgPool2d? avd_last;

    /// <summary>Makes the layer.</summary>
    /// <param name="inChannels">Channels of its input.</param>
    /// <param name="outChannels">Channels of its output.</param>
    /// <param name="radix">Splits, at least 2.</param>
    /// <param name="options">What all layers of a network share.</param>
    /// <param name="sampling">Stride, dilation and groups.</param>
    public SplitAttention(long inChannels, long outChannels, int radix, LayerOptions options, Sampling sampling)
        : base(nameof(SplitAttention))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(radix, 2);
        this.radix = radix;
        groups = sampling.Groups;
        var inner = options.NormAct.Inner;
        var reduced = Math.Max(LeastWidth, ChannelRounding.Divisible(inChannels * radix / 4.0));
        conv = new Conv2d(
            inChannels,
            outChannels * radix,
            3,
            padding: sampling.Dilation,
            dilation: sampling.Dilation,
            groups: groups * radix,
            bias: false
        );
        bn0 = options.NormAct.Make(outChannels * radix, inner);
        fc1 = new Conv2d(outChannels, reduced, 1, groups: groups);
        bn1 = new Abn(reduced, Activation.ReLU);
        fc2 = new Conv2d(reduced, outChannels * radix, 1, groups: groups);
        avd_last = sampling.Stride == 2 || sampling.LostStride ? nn.AvgPool2d(3, sampling.Stride, padding: 1) : null;
        RegisterComponents();
    }

    /// <summary>Maps [N, in, H, W] to [N, out, H/stride, W/stride].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var seen = bn0.call(conv.call(x));
        var (c, h, w) = (seen.shape[1] / radix, seen.shape[2], seen.shape[3]);
        seen = seen.reshape(-1, radix, c, h, w);
        var squeezed = seen.sum(1).mean([2, 3], keepdim: true);
        var scores = fc2.call(bn1.call(fc1.call(squeezed)));

        // fc2 gives each group's splits in a row; the shares are split by split.
        var shares = scores.view(-1, groups, radix, c / groups).transpose(1, 2).softmax(1).reshape(-1, radix, c, 1, 1);
        var mixed = (seen * shares).sum(1);
        return (avd_last is null ? mixed : avd_last.call(mixed)).MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        var seen = graph.Lower([conv, bn0], x);
        var squeezed = graph.Add(new Mix(Splits(graph, graph.Add(new GlobalMean(seen)))));
        var scores = graph.Lower([fc1, bn1, fc2], squeezed);
        var mixed = graph.Add(new Mix(Splits(graph, seen), graph.Add(new PartSoftmax(scores, radix, groups))));
        return avd_last is null ? mixed : graph.Lower(avd_last, mixed);
    }

    private Value[] Splits(GraphBuilder graph, Value x)
    {
        var width = x.Channels / radix;
        return [.. Enumerable.Range(0, radix).Select(i => graph.Add(new Slice(x, i * width, width)))];
    }
}
