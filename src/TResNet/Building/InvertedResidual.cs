// The inverted residual with linear bottleneck: MobileNetV2, arXiv 1801.04381, table 1 and figure 4 (d); with squeeze-and-excitation, MnasNet, arXiv 1807.11626, figure 7.
using TResNet.Architectures;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Building;

/// <summary>
/// Widens by a pointwise convolution, filters each channel by a depthwise one, narrows by a pointwise one without activation: the shortcut
/// joins the narrow ends.
/// </summary>
internal sealed class InvertedResidual : MobileBlock
{
    internal InvertedResidual(long inChannels, BlockRow row, int stride, Activation activation, double dropPathRate)
        : base(
            nameof(InvertedResidual),
            Layers(inChannels, ChannelRounding.Divisible(inChannels * row.Expansion), row, stride, activation),
            row.Shortcut && stride == 1 && inChannels == row.Width,
            dropPathRate
        ) { }

    private static IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)> Layers(
        long inChannels,
        long wide,
        BlockRow row,
        int stride,
        Activation activation
    ) =>
        [
            ("conv_pw", MixedConv.Make(inChannels, wide, row.ExpansionKernels)),
            ("bn1", new Abn(wide, activation)),
            ("conv_dw", MixedConv.Make(wide, wide, row.Kernels, stride, depthwise: true)),
            ("bn2", new Abn(wide, activation)),
            .. Attention(wide, row, activation),
            ("conv_pwl", MixedConv.Make(wide, row.Width, row.ProjectionKernels)),
            ("bn3", new Abn(row.Width, Activation.Identity)),
        ];
}
