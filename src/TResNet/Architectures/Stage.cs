namespace TResNet.Architectures;

/// <summary>One stage: blocks of a kind at one resolution.</summary>
/// <param name="Block">The kind of block.</param>
/// <param name="Depth">How many, at least 1.</param>
/// <param name="Width">Channels of the stage, at least 1: a bottleneck gives four times as many.</param>
/// <param name="Attention">Whether its blocks carry the network's attention.</param>
public sealed record Stage(BlockKind Block, int Depth, int Width, bool Attention = true)
{
    /// <summary>Channels of a bottleneck's 3x3 convolution; <see cref="Width"/> where it is null.</summary>
    public int? InnerWidth { get; init; }

    /// <summary>Groups of a bottleneck's 3x3 convolution; they divide its channels.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>Channels that leave the stage.</summary>
    public int OutputWidth => Block == BlockKind.Bottleneck ? 4 * Width : Width;

    /// <summary>For tables: <c>3 bottlenecks, 64 to 256</c>.</summary>
    public override string ToString() => $"{Depth} x {Block}, {OutputWidth} channels";
}

/// <summary>Where a stage stands in its network.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="InChannels">Channels that enter it.</param>
/// <param name="Halves">Whether its first block halves the map, or would without dilation.</param>
/// <param name="Stride">Of its first block, 1 or 2.</param>
/// <param name="Dilation">The distance between the pixels under its 3x3 kernels, from its second block on.</param>
/// <param name="Reduction">By how much the sides of its map are smaller than the image's.</param>
internal sealed record StagePlace(Stage Stage, int InChannels, bool Halves, int Stride, int Dilation, int Reduction);

/// <summary>Residual blocks.</summary>
public enum BlockKind
{
    /// <summary>Two 3x3 convolutions.</summary>
    Basic,

    /// <summary>1x1, 3x3 and 1x1 convolutions; the last one widens four times.</summary>
    Bottleneck,

    /// <summary>1x1, 3x3 and 1x1 convolutions, all equally wide, as in RegNet (arXiv 2003.13678, section 3.4: b = 1).</summary>
    BottleneckRatio1,
}
