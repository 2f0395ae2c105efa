using TResNet.Profiling.Throughput;

namespace TResNet.Interactive;

/// <summary>Networks side by side, as <c>tresnet-compare</c> puts them.</summary>
public sealed record Comparison
{
    /// <summary>The networks, in the order in which they were named.</summary>
    public required IReadOnlyList<ComparedNetwork> Networks { get; init; }

    /// <summary>The batch size that speeds were asked for; null for the one that most of the networks were measured with.</summary>
    public int? BatchSize { get; init; }
}

/// <summary>What is compared of a network.</summary>
public sealed record ComparedNetwork
{
    /// <summary>Its name; for a network in a variable, the variable's, with the network's in brackets.</summary>
    public required string Name { get; init; }

    /// <summary>The family it belongs to.</summary>
    public required string Family { get; init; }

    /// <summary>The side of the images that it was counted and measured with, in pixels.</summary>
    public required int InputSize { get; init; }

    /// <summary>All parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>Multiply-adds of one image.</summary>
    public required long MultiplyAdds { get; init; }

    /// <summary>Outputs of all convolutions for one image.</summary>
    public required long Activations { get; init; }

    /// <summary>ImageNet-1k top-1 as published, in percent; null where nothing was published, and for a network in a variable.</summary>
    public double? Top1 { get; init; }

    /// <summary>Where <see cref="Top1"/> was published.</summary>
    public string? Top1Source { get; init; }

    /// <summary>The speed of a forward pass on this machine; null where it was not measured in the way of the others.</summary>
    public ThroughputResult? Inference { get; init; }

    /// <summary>The speed of a training step on this machine; null where it was not measured in the way of the others.</summary>
    public ThroughputResult? Training { get; init; }
}
