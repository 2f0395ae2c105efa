// The depthwise separable convolution: MobileNets, arXiv 1704.04861, figure 2, without an activation at its end (MobileNetV2's bottleneck of expansion 1).
using TResNet.Architectures;
using TResNet.Layers;

namespace TResNet.Building;

/// <summary>Filters each channel by a depthwise convolution, then mixes channels by a pointwise one without activation.</summary>
internal sealed class DepthwiseSeparable : MobileBlock
{
    internal DepthwiseSeparable(long inChannels, BlockRow row, int stride, Activation activation, double dropPathRate)
        : base(
            nameof(DepthwiseSeparable),
            [
                ("conv_dw", MixedConv.Make(inChannels, inChannels, row.Kernels, stride, depthwise: true)),
                ("bn1", new Abn(inChannels, activation)),
                .. Attention(inChannels, row, activation),
                ("conv_pw", MixedConv.Make(inChannels, row.Width, row.ProjectionKernels)),
                ("bn2", new Abn(row.Width, Activation.Identity)),
            ],
            row.Shortcut && stride == 1 && inChannels == row.Width,
            dropPathRate
        ) { }
}
