using TResNet.Architectures;
using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Layers;
using static TorchSharp.torch;

namespace TResNet.Building;

/// <summary>What blocks for mobile networks share: named layers in a row, and the shortcut added where it fits, with nothing behind the sum.</summary>
internal abstract class MobileBlock : nn.Module<Tensor, Tensor>, ILowers
{
    private readonly nn.Module<Tensor, Tensor>[] branch;
    private readonly DropPath? drop_path;
    private readonly bool shortcut;

    /// <summary>Makes the block.</summary>
    /// <param name="name">The kind of block.</param>
    /// <param name="layers">The branch, in order, under the names of its parameters.</param>
    /// <param name="shortcut">Whether the input is added.</param>
    /// <param name="dropPathRate">The probability that an image's branch is dropped.</param>
    private protected MobileBlock(
        string name,
        IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module)> layers,
        bool shortcut,
        double dropPathRate
    )
        : base(name)
    {
        branch = [.. layers.Select(layer => layer.Module)];
        this.shortcut = shortcut;
        foreach (var (layerName, module) in layers)
        {
            register_module(layerName, module);
        }

        drop_path = shortcut && dropPathRate > 0 ? new DropPath(dropPathRate) : null;
        RegisterComponents();
    }

    /// <summary>Maps [N, in, H, W] to [N, out, H/stride, W/stride].</summary>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        var y = x;
        foreach (var layer in branch)
        {
            y = layer.call(y);
            scope.DisposeEverythingBut(y);
        }

        if (shortcut)
        {
            y = (drop_path is null ? y : drop_path.call(y)).add_(x, alpha: Scalars.One);
        }

        return y.MoveToOuterDisposeScope();
    }

    Value ILowers.Lower(GraphBuilder graph, Value x)
    {
        var y = graph.Lower(branch, x);
        return shortcut ? graph.Sum(y, x) : y;
    }

    /// <summary>The attention of a block, or none.</summary>
    /// <param name="channels">Channels that it scales.</param>
    /// <param name="row">The row of the table: its ratio is that of the channels before expansion.</param>
    /// <param name="activation">That of the block.</param>
    private protected static IEnumerable<(string Name, nn.Module<Tensor, Tensor> Module)> Attention(
        long channels,
        BlockRow row,
        Activation activation
    ) =>
        row.SqueezeExcite == 0
            ? []
            :
            [
                (
                    "se",
                    new SqueezeExcite(
                        channels,
                        (long)Math.Max(1, Math.Round(channels * (row.SqueezeExcite / row.Expansion))),
                        activation,
                        SqueezeExciteNames.Conv
                    )
                ),
            ];
}
