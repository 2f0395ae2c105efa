using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>How the image enters the network.</summary>
/// <param name="Kind">The layers.</param>
/// <param name="Width">Channels of its output, at least 1; even for <see cref="StemKind.Deep"/>.</param>
/// <param name="Patch">The side of <see cref="StemKind.SpaceToDepth"/>'s patches, in pixels: 2, 4 or 8.</param>
public sealed record Stem(StemKind Kind, int Width, int Patch = SpaceToDepth.PaperPatch)
{
    /// <summary>By how much the sides of the image shrink.</summary>
    public int Reduction =>
        Kind switch
        {
            StemKind.SpaceToDepth => Patch,
            StemKind.Convolution3x3 => 2,
            _ => 4,
        };
}

/// <summary>Stems.</summary>
public enum StemKind
{
    /// <summary>7x7 convolution of stride 2, then 3x3 max pooling of stride 2 (He et al., arXiv 1512.03385).</summary>
    Convolution7x7,

    /// <summary>Three 3x3 convolutions, the first of stride 2, then max pooling (ResNet-C; He et al., arXiv 1812.01187, figure 2b).</summary>
    Deep,

    /// <summary>Patches of pixels, the paper's of 4x4, into channels, then a 3x3 convolution (arXiv 2003.13630, section 2.1).</summary>
    SpaceToDepth,

    /// <summary>One 3x3 convolution of stride 2 (RegNet, arXiv 2003.13678).</summary>
    Convolution3x3,
}
