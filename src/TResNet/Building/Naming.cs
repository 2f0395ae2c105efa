using TResNet.Architectures;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Building;

/// <summary>Where the parameters of a block's layers go: timm's names, family by family.</summary>
internal sealed class Naming(StagedArchitecture network)
{
    /// <summary>Whether a convolution and its normalisation are one level of names, as <c>conv1.conv</c> and <c>conv1.bn</c>.</summary>
    private bool Joined =>
        network.Names is ParameterNames.TResNet or ParameterNames.RegNet or ParameterNames.SelectiveKernel;

    /// <summary>The name of a normalisation that stands by itself.</summary>
    internal string Norm(int number) => network.Names == ParameterNames.ResNetV2 ? $"norm{number}" : $"bn{number}";

    /// <summary>Registers a block's convolution of a number, with what belongs to it.</summary>
    internal void Register(nn.Module owner, int number, nn.Module<Tensor, Tensor> layer)
    {
        if (Joined || layer is not ConvNormAct parts)
        {
            owner.register_module($"conv{number}", layer);
            return;
        }

        owner.register_module($"conv{number}", parts.Conv);
        if (parts.Norm is { } norm)
        {
            // With activation first, the normalisation behind a convolution belongs to the next one.
            owner.register_module(Norm(network.PreActivation ? number + 1 : number), norm);
        }

        if (parts.Smoothing is { } smoothing)
        {
            owner.register_module("aa", smoothing);
        }
    }

    /// <summary>The shortcut of a block that changes width or size.</summary>
    /// <param name="pools">Whether the network's shortcuts pool, which keeps a place in the numbering.</param>
    /// <param name="pool">The pooling, where this block halves its map.</param>
    /// <param name="projection">The 1x1 convolution.</param>
    internal nn.Module<Tensor, Tensor> Shortcut(bool pools, AveragePool? pool, ConvNormAct projection)
    {
        var first = pools ? 1 : 0;
        return network.Names switch
        {
            ParameterNames.TResNet => Sequence(("0", pool), (pool is null ? "0" : "1", projection)),
            ParameterNames.RegNet => pools ? Sequence(("0", pool), ("1", projection)) : projection,
            ParameterNames.ResNetV2 => Sequence(("pool", pool), ("conv", projection.Conv), ("norm", projection.Norm)),
            _ => Sequence(("0", pool), ($"{first}", projection.Conv), ($"{first + 1}", projection.Norm)),
        };
    }

    /// <summary>A sequence of the modules that are there.</summary>
    internal static TorchSharp.Modules.Sequential Sequence(
        params IEnumerable<(string Name, nn.Module<Tensor, Tensor>? Module)> modules
    ) => nn.Sequential(modules.Where(m => m.Module is not null).Select(m => (m.Name, m.Module!)));
}

/// <summary>A level of parameter names.</summary>
internal sealed class NamedModules : nn.Module
{
    internal NamedModules(string name)
        : base(name) { }
}
