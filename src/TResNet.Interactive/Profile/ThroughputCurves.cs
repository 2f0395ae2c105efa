using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>What <c>tresnet-throughput</c> found out: images a second over the batch size.</summary>
public sealed record ThroughputCurves
{
    /// <summary>A curve for each network, and for each machine that it was measured on; this machine's first.</summary>
    public required IReadOnlyList<ThroughputCurve> Curves { get; init; }

    /// <summary>Whether it was interrupted before all was measured.</summary>
    public bool Interrupted { get; init; }
}

/// <summary>A network's images a second at several batch sizes on one machine.</summary>
public sealed record ThroughputCurve
{
    /// <summary>The network's name; for one in a variable, the variable's, with the network's in brackets.</summary>
    public required string Model { get; init; }

    /// <summary>The machine, in words.</summary>
    public required string Machine { get; init; }

    /// <summary>The measurements, smallest batch first; empty where not even the first batch had room.</summary>
    public required IReadOnlyList<ThroughputResult> Results { get; init; }

    /// <summary>Those of <see cref="Results"/> that were measured before and read from a file.</summary>
    public IReadOnlyList<ThroughputResult> Remembered { get; init; } = [];

    /// <summary>The files of <see cref="ThroughputStore"/> that another machine's <see cref="Results"/> come from; empty for this machine's.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Why larger batches were not measured; null where all were.</summary>
    public string? Ended { get; init; }

    /// <summary>The measurement with the most images a second; null where there is none.</summary>
    public ThroughputResult? Best => Results.MaxBy(result => result.Median);
}
