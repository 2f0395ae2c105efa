// Squeeze-and-excitation: arXiv 2003.13630, section 2.2 ("Squeeze-and-Excitation"), after Hu et al., arXiv 1709.01507.
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>Scales each channel by a gate computed from all channels' means: mean, 1x1 convolution, ReLU, 1x1 convolution, sigmoid.</summary>
public sealed class SqueezeExcite : nn.Module<Tensor, Tensor>
{
    private readonly FastGlobalAvgPool pool;
    private readonly Conv2d fc1;
    private readonly Conv2d fc2;

    /// <summary>Makes the layer.</summary>
    /// <param name="channels">Channels of its input.</param>
    /// <param name="reduced">Channels between the two convolutions.</param>
    public SqueezeExcite(long channels, long reduced)
        : base(nameof(SqueezeExcite))
    {
        pool = new FastGlobalAvgPool(flatten: false);
        fc1 = nn.Conv2d(channels, reduced, 1);
        fc2 = nn.Conv2d(reduced, channels, 1);
        RegisterComponents();
    }

    /// <summary>Scales [N, C, H, W].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var gate = fc2.call(fc1.call(pool.call(x)).relu_()).sigmoid();
        return (x * gate).MoveToOuterDisposeScope();
    }
}
