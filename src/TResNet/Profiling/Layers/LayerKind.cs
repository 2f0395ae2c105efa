using TorchSharp.Modules;
using TResNet.Building;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Profiling.Layers;

/// <summary>What a layer does, for a table of where time goes.</summary>
internal enum LayerKind
{
    /// <summary>A convolution over all channels, or groups of several.</summary>
    Convolution,

    /// <summary>A convolution that keeps channels apart: few multiply-adds for what it reads.</summary>
    DepthwiseConvolution,

    /// <summary>Normalisation with the activation behind it, or an activation alone.</summary>
    Normalization,

    /// <summary>The anti-aliasing blur that halves a map (arXiv 2003.13630, section 2.2).</summary>
    Blur,

    /// <summary>Average and maximum pooling, global pooling too.</summary>
    Pooling,

    /// <summary>Squeeze-and-excitation and its relatives, their small convolutions included; an ML-Decoder's beside its linear layers.</summary>
    Attention,

    /// <summary>The sum of branch and shortcut with the activation behind it.</summary>
    Sum,

    /// <summary>Values put in another order: space-to-depth, splitting and joining of channels.</summary>
    Rearrangement,

    /// <summary>A linear layer.</summary>
    Linear,

    /// <summary>Everything else, and what modules do between the layers inside them.</summary>
    Other,
}

internal static class LayerKinds
{
    /// <summary>What a module does itself, beside the modules inside.</summary>
    public static LayerKind Of(nn.Module module) =>
        module switch
        {
            Convolution { groups: > 1 } convolution when convolution.groups == convolution.in_channels =>
                LayerKind.DepthwiseConvolution,
            Convolution => LayerKind.Convolution,
            Linear => LayerKind.Linear,
            Normalization or BatchNorm2d or LayerNorm or ReLU or LeakyReLU or SiLU or Sigmoid =>
                LayerKind.Normalization,
            BlurPool => LayerKind.Blur,
            AveragePool or AvgPool2d or MaxPool2d or AdaptiveAvgPool2d or FastGlobalAvgPool or GlobalPooling =>
                LayerKind.Pooling,
            IAttentionLayer or SelectiveKernel or SplitAttention or MLDecoder => LayerKind.Attention,
            ResidualBlock or MobileBlock => LayerKind.Sum,
            SpaceToDepth or MixedConv => LayerKind.Rearrangement,
            _ => LayerKind.Other,
        };

    /// <summary>Whether a module is looked at as a whole, whatever is inside.</summary>
    public static bool IsWhole(nn.Module module) =>
        module is IAttentionLayer or GlobalPooling || !module.children().Any();
}
