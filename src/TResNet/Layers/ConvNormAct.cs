using TResNet.Graphs;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// A convolution, its <see cref="Normalization"/> and, where it halves the map without aliasing, a smoothing layer behind them. Parameters
/// are <c>conv.weight</c> and <c>bn.*</c>, as in timm's TResNet.
/// </summary>
internal sealed class ConvNormAct : nn.Module<Tensor, Tensor>, ILowers
{
    // Fields are components: their names are the parameters' names.
    private readonly Conv2d conv;
    private readonly Normalization? bn;
    private readonly nn.Module<Tensor, Tensor>? aa;

    /// <summary>Makes the layer.</summary>
    /// <param name="inChannels">Channels of its input.</param>
    /// <param name="outChannels">Channels of its output.</param>
    /// <param name="kernelSize">The side of the kernel, odd; the border is padded so that stride 1 keeps the size.</param>
    /// <param name="activation">What follows the normalisation; null leaves out the normalisation too.</param>
    /// <param name="options">What all layers of a network share.</param>
    /// <param name="sampling">Stride, dilation and groups; none by default.</param>
    public ConvNormAct(
        long inChannels,
        long outChannels,
        long kernelSize,
        Activation? activation,
        LayerOptions options,
        Sampling? sampling = null
    )
        : base(nameof(ConvNormAct))
    {
        var (stride, dilation, groups, lost) = sampling ?? Sampling.Every;
        var smooth = (stride == 2 || lost) && kernelSize > 1 && options.Downsampling != Downsampling.Strided;
        conv = new Conv2d(
            inChannels,
            outChannels,
            kernelSize,
            stride: smooth ? 1 : stride,
            padding: kernelSize / 2 * dilation,
            dilation: dilation,
            groups: groups,
            bias: false
        );
        bn = activation is { } following ? options.NormAct.Make(outChannels, following) : null;
        bn?.OwnsInput = true;
        aa = smooth ? options.Smoothing(outChannels, stride) : null;
        RegisterComponents();
    }

    /// <summary>The convolution.</summary>
    internal Conv2d Conv => conv;

    /// <summary>The normalisation with its activation, if there is one.</summary>
    internal Normalization? Norm => bn;

    /// <summary>What halves the map behind them, if it is not the convolution.</summary>
    internal nn.Module<Tensor, Tensor>? Smoothing => aa;

    /// <summary>Maps [N, in, H, W] to [N, out, H/stride, W/stride].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = conv.call(x);
        if (bn is not null)
        {
            y = bn.call(y);
            scope.DisposeEverythingBut(y);
        }

        return (aa is null ? y : aa.call(y)).MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        var y = graph.Lower(conv, x);
        y = bn is null ? y : graph.Lower(bn, y);
        return aa is null ? y : graph.Lower(aa, y);
    }
}

/// <summary>Where a convolution looks.</summary>
/// <param name="Stride">Its step in pixels: 1 or 2.</param>
/// <param name="Dilation">The distance between the pixels under its kernel, at least 1.</param>
/// <param name="Groups">Groups of channels that do not see each other.</param>
/// <param name="LostStride">Whether dilation took its stride away: what smooths a halving then smooths at stride 1.</param>
internal sealed record Sampling(long Stride = 1, long Dilation = 1, long Groups = 1, bool LostStride = false)
{
    internal static Sampling Every { get; } = new();
}

/// <summary>What all layers of a network share.</summary>
/// <param name="NormAct">What normalises and activates.</param>
/// <param name="Downsampling">How a 3x3 convolution of stride 2 halves its map.</param>
/// <param name="Scripted">Runs SpaceToDepth and blurs as TorchScript.</param>
internal sealed record LayerOptions(
    NormAct NormAct,
    Downsampling Downsampling = Downsampling.Strided,
    bool Scripted = false
)
{
    /// <summary>What follows a convolution in the place of its stride.</summary>
    internal nn.Module<Tensor, Tensor> Smoothing(long channels, long stride) =>
        Downsampling == Downsampling.Blur ? new BlurPool(channels, Scripted, stride) : new AveragePool((int)stride);
}

/// <summary>How a feature map is halved.</summary>
public enum Downsampling
{
    /// <summary>By the stride of the convolution.</summary>
    Strided,

    /// <summary>By a <see cref="BlurPool"/> after the convolution.</summary>
    Blur,

    /// <summary>By 2x2 average pooling after the convolution.</summary>
    Average,
}
