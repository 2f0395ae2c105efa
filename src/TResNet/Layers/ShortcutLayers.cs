using TorchSharp.Modules;
using TResNet.Architectures;
using static TorchSharp.torch;

namespace TResNet.Layers;

/// <summary>The shortcut of a block that changes width or size.</summary>
internal static class ShortcutLayers
{
    /// <summary>Null where the shortcut is the input itself.</summary>
    internal static nn.Module<Tensor, Tensor>? Make(
        long inChannels,
        long outChannels,
        long stride,
        StagedArchitecture network,
        LayerOptions options
    )
    {
        if (stride == 1 && inChannels == outChannels)
        {
            return null;
        }

        var pooled = network.Shortcut == ShortcutKind.AveragePool;
        var projection = new ConvNormAct(
            inChannels,
            outChannels,
            1,
            Activation.Identity,
            options,
            stride: pooled ? 1 : stride
        );
        var layers = new List<nn.Module<Tensor, Tensor>>();
        if (pooled && stride == 2)
        {
            layers.Add(nn.AvgPool2d(2, stride: 2, ceil_mode: true, count_include_pad: false));
        }

        if (network.Names == ParameterNames.ResNet)
        {
            layers.AddRange([projection.Conv, projection.Norm]);
        }
        else
        {
            layers.Add(projection);
        }

        return nn.Sequential(layers);
    }
}

/// <summary>Where the parameters of a block's convolutions go.</summary>
internal static class Naming
{
    /// <summary>Registers the convolution numbered <paramref name="number"/> as <c>conv1.conv</c> and <c>conv1.bn</c>, or as <c>conv1</c> and <c>bn1</c>.</summary>
    internal static void Register(nn.Module owner, ParameterNames names, int number, ConvNormAct layer)
    {
        if (names == ParameterNames.TResNet)
        {
            owner.register_module($"conv{number}", layer);
            return;
        }

        owner.register_module($"conv{number}", layer.Conv);
        owner.register_module($"bn{number}", layer.Norm);
    }
}
