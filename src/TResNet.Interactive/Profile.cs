using TResNet.Profiling;

namespace TResNet.Interactive;

/// <summary>What <c>tresnet-profile</c> found out about one or several networks.</summary>
public sealed record Profile
{
    /// <summary>The networks counted, layer by layer.</summary>
    public required IReadOnlyList<ModelSummary> Summaries { get; init; }

    /// <summary>The networks measured, one result for each network and mode.</summary>
    public required IReadOnlyList<ThroughputResult> Throughputs { get; init; }
}
