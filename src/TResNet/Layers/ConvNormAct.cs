using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// A convolution, its <see cref="Abn"/> and, where it halves the map without aliasing, a <see cref="BlurPool"/> behind them. Parameters are
/// <c>conv.weight</c> and <c>bn.*</c>, as in timm's TResNet.
/// </summary>
public sealed class ConvNormAct : nn.Module<Tensor, Tensor>
{
    // Fields are components: their names are the parameters' names.
    private readonly Conv2d conv;
    private readonly Abn bn;
    private readonly BlurPool? aa;

    /// <summary>Makes the layer.</summary>
    /// <param name="inChannels">Channels of its input.</param>
    /// <param name="outChannels">Channels of its output.</param>
    /// <param name="kernelSize">The side of the kernel, odd; the border is padded so that stride 1 keeps the size.</param>
    /// <param name="activation">What follows the normalisation.</param>
    /// <param name="options">What all layers of a network share.</param>
    /// <param name="stride">1 or 2.</param>
    public ConvNormAct(
        long inChannels,
        long outChannels,
        long kernelSize,
        Activation activation,
        LayerOptions options,
        long stride = 1
    )
        : base(nameof(ConvNormAct))
    {
        var blurred = stride == 2 && kernelSize > 1 && options.Downsampling == Downsampling.Blur;
        conv = nn.Conv2d(
            inChannels,
            outChannels,
            kernelSize,
            stride: blurred ? 1 : stride,
            padding: kernelSize / 2,
            bias: false
        );
        bn = new Abn(outChannels, activation, options.AbnWeight);
        aa = blurred ? new BlurPool(outChannels, options.Scripted) : null;
        RegisterComponents();
    }

    /// <summary>The convolution.</summary>
    internal Conv2d Conv => conv;

    /// <summary>The normalisation with its activation.</summary>
    internal Abn Norm => bn;

    /// <summary>Maps [N, in, H, W] to [N, out, H/stride, W/stride].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = bn.call(conv.call(x));
        return (aa is null ? y : aa.call(y)).MoveToOuterDisposeScope();
    }
}

/// <summary>What all layers of a network share.</summary>
/// <param name="Downsampling">How a 3x3 convolution of stride 2 halves its map.</param>
/// <param name="AbnWeight">How normalisation weights scale.</param>
/// <param name="Scripted">Runs SpaceToDepth and blurs as TorchScript.</param>
public sealed record LayerOptions(Downsampling Downsampling, AbnWeight AbnWeight, bool Scripted);

/// <summary>How a feature map is halved.</summary>
public enum Downsampling
{
    /// <summary>By the stride of the convolution.</summary>
    Strided,

    /// <summary>By a <see cref="BlurPool"/> after the convolution.</summary>
    Blur,
}
