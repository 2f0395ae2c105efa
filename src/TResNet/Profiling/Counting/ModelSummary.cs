// A network in numbers, as the tables of network papers count them: parameters, multiply-adds, activations.

namespace TResNet.Profiling.Counting;

/// <summary>One module of a network, with what it holds itself and what its children hold.</summary>
public sealed record LayerRow
{
    /// <summary>The module's path in the state dictionary: <c>body.layer1.0.conv1</c>; empty for the network itself.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the module's class: <c>Conv2d</c>.</summary>
    public required string Type { get; init; }

    /// <summary>The shape of the output for one image, without the batch: <c>[C, H, W]</c>; null for a module that was not called.</summary>
    public required IReadOnlyList<long>? OutputShape { get; init; }

    /// <summary>Parameters of this module alone; what is shared counts where it is met first.</summary>
    public required long OwnParameters { get; init; }

    /// <summary>Multiply-adds of this module alone for one image; only convolutions and linear layers count.</summary>
    public required long OwnMultiplyAdds { get; init; }

    /// <summary>Elements of this module's own output for one image where it is a convolution, else 0.</summary>
    public required long OwnActivations { get; init; }

    /// <summary>The modules inside, in the order they were registered.</summary>
    public required IReadOnlyList<LayerRow> Children { get; init; }

    /// <summary>Parameters of this module and everything inside.</summary>
    public long Parameters => OwnParameters + Children.Sum(child => child.Parameters);

    /// <summary>Multiply-adds of this module and everything inside, for one image.</summary>
    public long MultiplyAdds => OwnMultiplyAdds + Children.Sum(child => child.MultiplyAdds);

    /// <summary>Convolution outputs of this module and everything inside, in elements for one image.</summary>
    public long Activations => OwnActivations + Children.Sum(child => child.Activations);

    /// <summary>This row and every row inside it, depth first, each with its depth (0 for this one).</summary>
    public IEnumerable<(LayerRow Row, int Depth)> Flatten()
    {
        yield return (this, 0);
        foreach (var child in Children)
        {
            foreach (var (row, depth) in child.Flatten())
            {
                yield return (row, depth + 1);
            }
        }
    }
}

/// <summary>A network's layers and totals for one input size.</summary>
public sealed record ModelSummary
{
    /// <summary>The network's name.</summary>
    public required string Model { get; init; }

    /// <summary>The shape of one input image: <c>[C, H, W]</c>.</summary>
    public required IReadOnlyList<long> InputShape { get; init; }

    /// <summary>The network itself; its children are the layers.</summary>
    public required LayerRow Root { get; init; }

    /// <summary>All parameters, shared ones counted once.</summary>
    public long Parameters => Root.Parameters;

    /// <summary>
    /// Multiply-adds of one forward pass of one image: those of every convolution and linear layer, without biases, norms, activations, pooling
    /// and the fixed filter of the anti-aliasing blur, as the tables of the TResNet paper (arXiv 2003.13630) count them.
    /// </summary>
    public long MultiplyAdds => Root.MultiplyAdds;

    /// <summary>Output elements of all convolutions for one image ("activations" in the sense of arXiv 2003.13678, section 2.1).</summary>
    public long Activations => Root.Activations;
}
