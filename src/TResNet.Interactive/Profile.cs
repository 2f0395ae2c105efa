using TResNet.Profiling.Counting;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive;

/// <summary>What <c>tresnet-profile</c> found out about one or several networks.</summary>
public sealed record Profile
{
    /// <summary>The networks counted, layer by layer.</summary>
    public required IReadOnlyList<ModelSummary> Summaries { get; init; }

    /// <summary>The networks measured, one result for each network and mode.</summary>
    public required IReadOnlyList<ThroughputResult> Throughputs { get; init; }

    /// <summary>The same networks, optimised for inference; empty where that was not asked for.</summary>
    public IReadOnlyList<ThroughputResult> Optimized { get; init; } = [];

    /// <summary>Where their time goes, one for each network and mode; empty where only the whole was measured.</summary>
    public IReadOnlyList<LayerProfile> Layers { get; init; } = [];

    /// <summary>Whether it was interrupted before all was measured.</summary>
    public bool Interrupted { get; init; }

    /// <summary>What the machine can do in the precision that was measured; null where it was not asked.</summary>
    public Roofline? Roof
    {
        get => Layers.MaxBy(layers => layers.Roof.Ceiling.Gigaflops)?.Roof ?? field;
        init;
    }
}
