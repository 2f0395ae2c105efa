using TResNet.Architectures;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Building;

/// <summary>The layers of a <see cref="Stem"/>, before they have names.</summary>
internal sealed class StemLayers
{
    internal StemLayers(StagedArchitecture network, int inChans)
    {
        var (kind, width, patch) = network.Stem;
        var act = network.NormAct.OfStem;

        // Where activation comes first, the first block has the normalisation.
        Activation? end = network.PreActivation ? null : act;
        var options = new LayerOptions(network.NormAct, Scripted: network.Scripted);
        var halving = new Sampling(Stride: 2);
        Patches = kind == StemKind.SpaceToDepth ? new SpaceToDepth(patch, network.Scripted) : null;
        Convolutions = kind switch
        {
            StemKind.SpaceToDepth => [new(inChans * patch * patch, width, 3, end, options)],
            StemKind.Convolution3x3 => [new(inChans, width, 3, end, options, halving)],
            StemKind.Convolution7x7 => [new(inChans, width, 7, end, options, halving)],
            _ =>
            [
                new(inChans, width / 2, 3, act, options, halving),
                new(width / 2, width / 2, 3, act, options),
                new(width / 2, width, 3, end, options),
            ],
        };
        Pool = kind is StemKind.Convolution7x7 or StemKind.Deep ? MakePool(network, width) : null;
    }

    /// <summary>What moves patches of pixels into channels.</summary>
    internal SpaceToDepth? Patches { get; }

    /// <summary>One convolution, or three.</summary>
    internal ConvNormAct[] Convolutions { get; }

    /// <summary>What halves the map once more.</summary>
    internal nn.Module<Tensor, Tensor>? Pool { get; }

    // The same smoothing as in blocks: timm's aa_layer.
    private static nn.Module<Tensor, Tensor> MakePool(StagedArchitecture network, int width) =>
        network.Downsampling switch
        {
            Downsampling.Average => new AveragePool(stride: 2),
            Downsampling.Blur => nn.Sequential(
                nn.MaxPool2d(3, stride: 1, padding: 1),
                new BlurPool(width, network.Scripted)
            ),
            _ => nn.MaxPool2d(3, stride: 2, padding: 1),
        };
}
