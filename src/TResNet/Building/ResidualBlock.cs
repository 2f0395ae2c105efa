// The residual blocks: arXiv 2003.13630, figure 2; He et al., arXiv 1512.03385, figure 5; before activation, arXiv 1603.05027, figure 4 (e).
using TResNet.Architectures;
using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Kernels;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Building;

/// <summary>
/// A residual block: convolutions in a row, attention after one of them, the shortcut added, activation. Basic blocks and bottlenecks differ
/// in the row alone; with activation first, a normalisation stands before the row and none at its end.
/// </summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>, ILowers
{
    private readonly nn.Module<Tensor, Tensor>[] branch;
    private readonly nn.Module<Tensor, Tensor>? downsample;
    private readonly DropPath? drop_path;

    // Arrays: fields would be registered under names of their own.
    private readonly Normalization[] before;
    private readonly Activation after;
    private readonly bool recovers;

    internal ResidualBlock(BlockPlace place, Stage stage, StagedArchitecture network)
        : base(stage.Block.ToString())
    {
        var options = new LayerOptions(network.NormAct, network.Downsampling, network.Scripted);
        var convolutions = Convolutions(place, stage, network, options);
        var naming = new Naming(network);
        before = network.PreActivation ? [options.NormAct.Make(place.InChannels, options.NormAct.Inner)] : [];
        recovers = options.NormAct.Kind == NormKind.InPlaceAbn;
        after = network.PreActivation ? Activation.Identity : options.NormAct.OfSum;
        foreach (var norm in before)
        {
            register_module(naming.Norm(1), norm);
        }

        for (var i = 0; i < convolutions.Length; i++)
        {
            naming.Register(this, i + 1, convolutions[i]);
        }

        var last = convolutions.Length - 1;
        var narrow = network.AttentionPlacement == AttentionPlacement.BeforeWidening && stage.Block != BlockKind.Basic;
        var attention = Attention(narrow ? stage.InnerWidth ?? stage.Width : stage.OutputWidth, place, stage, network);
        branch = [.. convolutions];
        if (attention is not null)
        {
            register_module("se", attention);
            branch = narrow ? [.. convolutions[..last], attention, convolutions[last]] : [.. convolutions, attention];
        }

        downsample = Shortcut(place, stage, network, options, naming);
        drop_path = place.DropPathRate > 0 ? new DropPath(place.DropPathRate) : null;
        RegisterComponents();
        if (network.ZeroInitLast && convolutions[last] is ConvNormAct { Norm: { } norm1 })
        {
            norm1.ZeroWeight();
        }
    }

    /// <summary>Maps [N, in, H, W] to [N, out, H/stride, W/stride].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = before is [var norm] ? norm.call(x) : x;
        var shortcut = downsample is null ? x : downsample.call(y);
        foreach (var layer in branch)
        {
            y = layer.call(y);
            scope.DisposeEverythingBut(y, shortcut);
        }

        y = drop_path is null ? y : drop_path.call(y);
        if (recovers && training)
        {
            // What in-place ABN needs as it is, is a term of the sum.
            var sum = after.Kind == ActivationKind.ReLU ? AddReLU.Apply(y, shortcut) : after.ApplyInPlace(y + shortcut);
            return sum.MoveToOuterDisposeScope();
        }

        var end =
            after.Kind == ActivationKind.ReLU
                ? AddReLU.ApplyInPlace(y, shortcut)
                : after.ApplyInPlace(y.add_(shortcut, alpha: Scalars.One));
        return end.MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        var y = graph.Lower(before, x);
        var shortcut = downsample is null ? x : graph.Lower(downsample, y);
        return graph.Activation(graph.Sum(graph.Lower(branch, y), shortcut), after.ToNonlinearity());
    }

    private static nn.Module<Tensor, Tensor>[] Convolutions(
        BlockPlace place,
        Stage stage,
        StagedArchitecture network,
        LayerOptions options
    )
    {
        var (width, output) = (stage.Width, stage.OutputWidth);
        var inner = options.NormAct.Inner;
        Activation? end = network.PreActivation ? null : Activation.Identity;
        var halving = new Sampling(place.Stride, place.FirstDilation, stage.Groups, place.LostStride);
        if (stage.Block == BlockKind.Basic)
        {
            return
            [
                new ConvNormAct(place.InChannels, width, 3, inner, options, halving),
                new ConvNormAct(width, output, 3, end, options, new Sampling(Dilation: place.Dilation)),
            ];
        }

        var middle = stage.InnerWidth ?? width;
        return
        [
            new ConvNormAct(place.InChannels, middle, 1, inner, options),
            network.Spatial.Make(middle, middle, options, halving),
            new ConvNormAct(middle, output, 1, end, options),
        ];
    }

    private static nn.Module<Tensor, Tensor>? Attention(
        long channels,
        BlockPlace place,
        Stage stage,
        StagedArchitecture network
    )
    {
        var isBasic = stage.Block == BlockKind.Basic;
        return stage.Attention
            ? network.Attention.Make(new AttentionPlace(channels, place.InChannels, stage.OutputWidth, isBasic))
            : null;
    }

    private static nn.Module<Tensor, Tensor>? Shortcut(
        BlockPlace place,
        Stage stage,
        StagedArchitecture network,
        LayerOptions options,
        Naming naming
    )
    {
        if (!place.Halves && place.InChannels == stage.OutputWidth)
        {
            return null;
        }

        var pools = network.Shortcut == ShortcutKind.AveragePool;
        var projection = new ConvNormAct(
            place.InChannels,
            stage.OutputWidth,
            1,
            network.PreActivation ? null : Activation.Identity,
            options,
            new Sampling(pools ? 1 : place.Stride)
        );
        return naming.Shortcut(pools, pools && place.Halves ? new Layers.AveragePool(place.Stride) : null, projection);
    }
}
