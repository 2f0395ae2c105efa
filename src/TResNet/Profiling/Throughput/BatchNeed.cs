using System.Text.Json.Serialization;
using TResNet.Compute;
using TResNet.Profiling.Options;

namespace TResNet.Profiling.Throughput;

/// <summary>The memory of a batch that was too large to be tried, by a line through smaller ones.</summary>
internal sealed record BatchNeed
{
    /// <summary>The network's name.</summary>
    public required string Model { get; init; }

    /// <summary>The shape of the batch: <c>[N, C, H, W]</c>.</summary>
    public required IReadOnlyList<long> InputShape { get; init; }

    /// <summary>What was to be timed.</summary>
    public required ThroughputMode Mode { get; init; }

    /// <summary>Whether the network was to be optimised.</summary>
    public required bool Optimized { get; init; }

    /// <summary>The type that was to be computed in.</summary>
    [JsonPropertyName("precision")]
    public required ComputeType ComputeType { get; init; }

    /// <summary>Threads that share an operator's work.</summary>
    public required int Threads { get; init; }

    /// <summary>The machine, in words.</summary>
    public required string Machine { get; init; }

    /// <summary>Which library runs the operators.</summary>
    public required string Library { get; init; }

    /// <summary>This project's version with its commit.</summary>
    public required string Version { get; init; }

    /// <summary>Bytes beside what the process has with the network built.</summary>
    public required long Bytes { get; init; }

    /// <summary>Images in the batch.</summary>
    [JsonIgnore]
    public int BatchSize => (int)InputShape[0];

    /// <summary>What tells it from others: all but the bytes.</summary>
    internal object Kind =>
        ((Model, string.Join('x', InputShape), Mode, Optimized, ComputeType), (Threads, Machine, Library, Version));

    /// <summary>Why the batch cannot be tried now either, in a sentence; null where there is room by now, or the system does not tell.</summary>
    public string? NoRoom()
    {
        var needed = (Compute.Machine.ResidentMemory() ?? 0) + Bytes;
        return ThroughputSweep.Limit() is { } most && needed > most
            ? ThroughputSweep.NoRoom(BatchSize, needed, most)
            : null;
    }
}
