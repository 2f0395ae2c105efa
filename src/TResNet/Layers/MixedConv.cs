// Mixed depthwise convolution: MixConv, arXiv 1907.09595, section 3.1 ("MixConv Feature Map").
using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// Divides the channels into as many groups as there are kernels and convolves each group with a kernel of its own, so that one layer sees
/// several scales. Convolutions are called <c>0</c>, <c>1</c>, ...
/// </summary>
internal sealed class MixedConv : nn.Module<Tensor, Tensor>, ILowers
{
    private readonly long[] widths;
    private readonly nn.Module<Tensor, Tensor>[] groups;

    /// <summary>Makes the layer.</summary>
    /// <param name="inChannels">Channels of its input, at least one a kernel.</param>
    /// <param name="outChannels">Channels of its output; those of its input where depthwise.</param>
    /// <param name="kernelSizes">The side of each group's kernel, odd; the border is padded so that stride 1 keeps the size.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="depthwise">Whether each channel is convolved by itself.</param>
    /// <exception cref="TResNetException">There are more kernels than channels.</exception>
    public MixedConv(
        long inChannels,
        long outChannels,
        IReadOnlyList<int> kernelSizes,
        long stride = 1,
        bool depthwise = false
    )
        : base(nameof(MixedConv))
    {
        if (kernelSizes.Count > Math.Min(inChannels, outChannels))
        {
            throw new TResNetException(
                $"A mixed convolution of {inChannels} to {outChannels} channels was given {kernelSizes.Count} kernels: it takes at most one a channel."
            );
        }

        widths = Split(inChannels, kernelSizes.Count);
        groups =
        [
            .. Split(outChannels, kernelSizes.Count)
                .Select((output, i) => Plain(widths[i], output, kernelSizes[i], stride, depthwise)),
        ];
        for (var i = 0; i < groups.Length; i++)
        {
            register_module($"{i}", groups[i]);
        }
    }

    /// <summary>Maps [N, in, H, W] to [N, out, H/stride, W/stride].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var results = new List<Tensor>();
        var start = 0L;
        for (var i = 0; i < groups.Length; i++)
        {
            results.Add(groups[i].call(x.narrow(1, start, widths[i])));
            start += widths[i];
        }

        return cat(results, 1).MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        var results = new List<Value>();
        var start = 0L;
        foreach (var (width, group) in widths.Zip(groups))
        {
            results.Add(graph.Lower(group, graph.Add(new Slice(x, start, width))));
            start += width;
        }

        return graph.Add(new Concatenation(results));
    }

    /// <summary>A convolution without bias: a plain one where there is one kernel.</summary>
    internal static nn.Module<Tensor, Tensor> Make(
        long inChannels,
        long outChannels,
        IReadOnlyList<int> kernelSizes,
        long stride = 1,
        bool depthwise = false
    ) =>
        kernelSizes.Count == 1
            ? Plain(inChannels, outChannels, kernelSizes[0], stride, depthwise)
            : new MixedConv(inChannels, outChannels, kernelSizes, stride, depthwise);

    private static Conv2d Plain(long inChannels, long outChannels, int kernelSize, long stride, bool depthwise) =>
        new Conv2d(
            inChannels,
            outChannels,
            kernelSize,
            stride: stride,
            padding: kernelSize / 2,
            groups: depthwise ? inChannels : 1,
            bias: false
        );

    /// <summary>Equal parts; what is left over goes to the first.</summary>
    private static long[] Split(long channels, int parts)
    {
        var split = Enumerable.Repeat(channels / parts, parts).ToArray();
        split[0] += channels % parts;
        return split;
    }
}
