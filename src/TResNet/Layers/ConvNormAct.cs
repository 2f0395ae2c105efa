using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// A convolution, its <see cref="Abn"/> and, where it halves the map without aliasing, a <see cref="BlurPool"/> behind them. Parameters are
/// <c>conv.weight</c> and <c>bn.*</c>, as in timm's TResNet.
/// </summary>
public sealed class ConvNormAct : nn.Module<Tensor, Tensor>
{
    private readonly BlurPool? blur;

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
        Conv = nn.Conv2d(
            inChannels,
            outChannels,
            kernelSize,
            stride: blurred ? 1 : stride,
            padding: kernelSize / 2,
            bias: false
        );
        Norm = new Abn(outChannels, activation, options.AbnWeight);
        blur = blurred ? new BlurPool(outChannels, options.Scripted) : null;
        register_module("conv", Conv);
        register_module("bn", Norm);
        if (blur is not null)
        {
            register_module("aa", blur);
        }
    }

    /// <summary>The convolution.</summary>
    internal Conv2d Conv { get; }

    /// <summary>The normalisation with its activation.</summary>
    internal Abn Norm { get; }

    /// <summary>Maps [N, in, H, W] to [N, out, H/stride, W/stride].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = Norm.call(Conv.call(x));
        return (blur is null ? y : blur.call(y)).MoveToOuterDisposeScope();
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
