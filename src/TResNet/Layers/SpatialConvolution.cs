using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>What stands in the place of a bottleneck's 3x3 convolution, as data.</summary>
internal abstract record SpatialConvolution
{
    /// <summary>One 3x3 convolution.</summary>
    public static SpatialConvolution Plain { get; } = new PlainConvolution();

    /// <summary>Makes the layers that map [N, in, H, W] to [N, out, H/stride, W/stride].</summary>
    internal abstract nn.Module<Tensor, Tensor> Make(
        long inChannels,
        long outChannels,
        LayerOptions options,
        Sampling sampling
    );
}

/// <summary>One 3x3 convolution, with its normalisation and activation.</summary>
internal sealed record PlainConvolution : SpatialConvolution
{
    internal override nn.Module<Tensor, Tensor> Make(
        long inChannels,
        long outChannels,
        LayerOptions options,
        Sampling sampling
    ) => new ConvNormAct(inChannels, outChannels, 3, options.NormAct.Inner, options, sampling);
}

/// <summary>Two 3x3 convolutions of different reach, mixed by attention (Li et al., arXiv 1903.06586).</summary>
/// <param name="SplitsInput">Whether each sees its half of the channels, and not all: timm's SK-ResNets, with fewer parameters than the paper's.</param>
/// <param name="Divisor">What the channels inside the attention, a sixteenth, are rounded to a multiple of; at least 1.</param>
internal sealed record SelectiveKernelConvolution(bool SplitsInput = true, int Divisor = 8) : SpatialConvolution
{
    internal override nn.Module<Tensor, Tensor> Make(
        long inChannels,
        long outChannels,
        LayerOptions options,
        Sampling sampling
    ) => new SelectiveKernel(inChannels, outChannels, this, options, sampling);
}

/// <summary>Convolutions in several splits, mixed by attention (Zhang et al., arXiv 2004.08955).</summary>
/// <param name="Radix">Splits, at least 2.</param>
internal sealed record SplitAttentionConvolution(int Radix = 2) : SpatialConvolution
{
    internal override nn.Module<Tensor, Tensor> Make(
        long inChannels,
        long outChannels,
        LayerOptions options,
        Sampling sampling
    ) => new SplitAttention(inChannels, outChannels, Radix, options, sampling);
}
