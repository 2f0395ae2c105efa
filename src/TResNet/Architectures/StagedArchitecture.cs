using TResNet.Layers;

namespace TResNet.Architectures;

/// <summary>
/// A network as the paper's tables draw one: a stem, stages of residual blocks, a head. Every refinement is a switch of its own, so that an
/// ablation is one <c>with</c>.
/// </summary>
public sealed record StagedArchitecture : Architecture
{
    /// <summary>How the image enters.</summary>
    public required Stem Stem { get; init; }

    /// <summary>The stages, in order; all but the first halve the map.</summary>
    public required IReadOnlyList<Stage> Stages { get; init; }

    /// <summary>How a 3x3 convolution halves its map.</summary>
    public Downsampling Downsampling { get; init; }

    /// <summary>How a shortcut changes width and size.</summary>
    public ShortcutKind Shortcut { get; init; }

    /// <summary>Follows the normalisations inside blocks.</summary>
    public Activation BlockActivation { get; init; } = Activation.ReLU;

    /// <summary>How normalisation weights scale.</summary>
    public AbnWeight AbnWeight { get; init; }

    /// <summary>Runs SpaceToDepth and blurs as TorchScript, as the paper's implementation does.</summary>
    public bool Scripted { get; init; }

    /// <summary>Whose parameter names the network has.</summary>
    public ParameterNames Names { get; init; }

    private protected override Network Make(int numClasses, int inChans) =>
        new StagedNetwork(this, numClasses, inChans);
}

/// <summary>How the image enters the network.</summary>
/// <param name="Kind">The layers.</param>
/// <param name="Width">Channels of its output.</param>
/// <param name="Activation">Follows its normalisation.</param>
/// <param name="Patch">The side of <see cref="StemKind.SpaceToDepth"/>'s patches, in pixels.</param>
public sealed record Stem(StemKind Kind, int Width, Activation Activation, int Patch = SpaceToDepth.PaperPatch);

/// <summary>Stems.</summary>
public enum StemKind
{
    /// <summary>7x7 convolution of stride 2, then 3x3 max pooling of stride 2 (He et al., arXiv 1512.03385).</summary>
    Convolution7x7,

    /// <summary>Patches of pixels, the paper's of 4x4, into channels, then a 3x3 convolution (arXiv 2003.13630, section 2.1).</summary>
    SpaceToDepth,
}

/// <summary>One stage: blocks of a kind at one resolution.</summary>
/// <param name="Block">The kind of block.</param>
/// <param name="Depth">How many.</param>
/// <param name="Width">Channels inside a block; a bottleneck gives four times as many.</param>
/// <param name="SqueezeExcite">Whether blocks carry squeeze-and-excitation.</param>
public sealed record Stage(BlockKind Block, int Depth, int Width, bool SqueezeExcite = false)
{
    /// <summary>Channels that leave the stage.</summary>
    public int OutputWidth => Block == BlockKind.Bottleneck ? 4 * Width : Width;
}

/// <summary>Residual blocks.</summary>
public enum BlockKind
{
    /// <summary>Two 3x3 convolutions.</summary>
    Basic,

    /// <summary>1x1, 3x3 and 1x1 convolutions; the last one widens four times.</summary>
    Bottleneck,
}

/// <summary>How a shortcut follows a change of width and size.</summary>
public enum ShortcutKind
{
    /// <summary>A 1x1 convolution with the block's stride.</summary>
    Projection,

    /// <summary>2x2 average pooling, then a 1x1 convolution: nothing is skipped.</summary>
    AveragePool,
}

/// <summary>Parameter names, so that published checkpoints load as they are.</summary>
public enum ParameterNames
{
    /// <summary><c>layer1.0.conv1.weight</c>, <c>layer1.0.bn1.weight</c>, <c>fc.weight</c>.</summary>
    ResNet,

    /// <summary><c>body.layer1.0.conv1.conv.weight</c>, <c>body.layer1.0.conv1.bn.weight</c>, <c>head.fc.weight</c>.</summary>
    TResNet,
}
