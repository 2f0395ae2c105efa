// The residual blocks: arXiv 2003.13630, figure 2; He et al., arXiv 1512.03385, figure 5.
using TResNet.Architectures;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>
/// A residual block: convolutions in a row, squeeze-and-excitation after one of them, the shortcut added, ReLU. Basic and bottleneck
/// blocks differ in the row alone.
/// </summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    private const int BottleneckExpansion = 4;
    private readonly nn.Module<Tensor, Tensor>[] branch;
    private readonly nn.Module<Tensor, Tensor>? downsample;

    internal ResidualBlock(long inChannels, Stage stage, long stride, StagedArchitecture network)
        : base(stage.Block.ToString())
    {
        var options = new LayerOptions(network.Downsampling, network.AbnWeight, network.Scripted);
        var (width, output, inner) = (stage.Width, stage.OutputWidth, network.BlockActivation);
        ConvNormAct[] convolutions =
            stage.Block == BlockKind.Basic
                ?
                [
                    new(inChannels, width, 3, inner, options, stride),
                    new(width, output, 3, Activation.Identity, options),
                ]
                :
                [
                    new(inChannels, width, 1, inner, options),
                    new(width, width, 3, inner, options, stride),
                    new(width, output, 1, Activation.Identity, options),
                ];
        var attention = stage.SqueezeExcite ? Attention(stage) : null;

        // The paper puts squeeze-and-excitation where channels are fewest: last in a basic block, before the widening in a bottleneck.
        branch = attention is null ? convolutions : [.. convolutions[..2], attention, .. convolutions[2..]];
        downsample = ShortcutLayers.Make(inChannels, output, stride, network, options);
        for (var i = 0; i < convolutions.Length; i++)
        {
            Naming.Register(this, network.Names, i + 1, convolutions[i]);
        }

        if (attention is not null)
        {
            register_module("se", attention);
        }

        RegisterComponents();

        // A block begins as its shortcut.
        convolutions[^1].Norm.ZeroWeight();
    }

    /// <summary>Maps [N, in, H, W] to [N, out, H/stride, W/stride].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var shortcut = downsample is null ? x : downsample.call(x);
        var y = x;
        foreach (var layer in branch)
        {
            y = layer.call(y);
        }

        return y.add_(shortcut).relu_().MoveToOuterDisposeScope();
    }

    // Reduction 4 for basic blocks, 8 of the output's channels for bottlenecks, never under 64.
    private static SqueezeExcite Attention(Stage stage) =>
        stage.Block == BlockKind.Basic
            ? new SqueezeExcite(stage.Width, Math.Max(stage.Width / 4, 64))
            : new SqueezeExcite(stage.Width, Math.Max(stage.Width * BottleneckExpansion / 8, 64));
}
