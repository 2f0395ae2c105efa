// Anti-alias downsampling: arXiv 2003.13630, section 2.2 ("Anti-Alias Downsampling"), after Zhang, arXiv 1904.11486.
using System.Runtime.CompilerServices;
using TorchSharp;
using TResNet.Graphs;
using static TorchSharp.torch;
using Convolution = TResNet.Kernels.Convolution;

namespace TResNet.Layers;

/// <summary>
/// Halves a feature map after a low-pass filter: the kernel [1 2 1] x [1 2 1] / 16 on each channel, stride 2, reflected borders. Replaces
/// the stride of a 3x3 convolution, which would alias.
/// </summary>
public sealed class BlurPool : nn.Module<Tensor, Tensor>, ILowers
{
    private readonly long channels;
    private readonly long stride;
    private readonly bool scripted;

    // In a box, as a field would be saved.
    private readonly StrongBox<Tensor> filter;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">Channels of its input.</param>
    /// <param name="scripted">Runs it as TorchScript, as the paper's implementation does.</param>
    /// <param name="stride">2, or 1 to blur alone, where dilation keeps the size.</param>
    public BlurPool(long channels, bool scripted = false, long stride = 2)
        : base(nameof(BlurPool))
    {
        this.channels = channels;
        this.scripted = scripted && stride == 2;
        this.stride = stride;
        using var scope = NewDisposeScope();
        filter = new(Blur.Kernel(channels).DetachFromDisposeScope());
    }

    /// <summary>Blurs: [N, C, H, W] to [N, C, ceil(H/stride), ceil(W/stride)].</summary>
    public override Tensor forward(Tensor x)
    {
        var weights = FilterFor(x);
        if (scripted)
        {
            return TorchScript.BlurPool(x, weights);
        }

        using var padded =
            x.device_type == DeviceType.CPU ? Bordered(x) : nn.functional.pad(x, [1, 1, 1, 1], ModeFor(x));
        return Convolution.Apply(padded, weights, null, [stride, stride], [0, 0], [1, 1], channels);
    }

    // TorchSharp moves no buffer that is not saved, so it follows the input.
    private Tensor FilterFor(Tensor x)
    {
        var known = filter.Value!;
        if (known.dtype == x.dtype && known.device_type == x.device_type && known.device_index == x.device_index)
        {
            return known;
        }

        return filter.Value = known.to(x.dtype, x.device).DetachFromDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x) => graph.Add(new Blur(x, stride));

    // A single row or column has nothing to reflect: its border is itself.
    private static PaddingModes ModeFor(Tensor x) =>
        Blur.BorderOf(x.shape) == PadKind.Reflect ? PaddingModes.Reflect : PaddingModes.Replicate;

    // On CPUs libtorch's reflection loses the channels-last order and takes several times as long as putting rows and
    // columns together. A stride of 2 does not reach the far border of an even side.
    private Tensor Bordered(Tensor x)
    {
        using var scope = NewDisposeScope();
        var mirrors = Blur.BorderOf(x.shape) == PadKind.Reflect;
        return Bordered(Bordered(x, 2, mirrors), 3, mirrors).MoveToOuterDisposeScope();
    }

    private Tensor Bordered(Tensor x, int dimension, bool mirrors)
    {
        var size = x.shape[dimension];
        var (near, far) = mirrors ? (1, size - 2) : (0, size - 1);
        var before = x.narrow(dimension, near, 1);
        return stride == 2 && size % 2 == 0
            ? cat([before, x], dimension)
            : cat([before, x, x.narrow(dimension, far, 1)], dimension);
    }
}
