using TorchSharp;
using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Profiling.Memory;

/// <summary>How to look for the largest batch.</summary>
internal sealed record LargestBatchOptions
{
    /// <summary>
    /// The most resident memory that the process may have on a CPU, in bytes, above 0; null for what it has and 0.7 of what is free. On a GPU its
    /// memory is the limit, and this has to be null.
    /// </summary>
    public long? MemoryLimit { get; init; }

    /// <summary>The type that convolutions and matrix products compute in.</summary>
    public ComputeType ComputeType { get; init; } = ComputeType.Float32;

    /// <summary>The largest batch that is looked at, 2 to 65,536.</summary>
    public int Most { get; init; } = 4096;

    /// <summary>The same options with the limit that holds now, so that several networks are searched under one; on a GPU as they are.</summary>
    /// <param name="device">Where networks will be trained.</param>
    public LargestBatchOptions Placed(Device device) =>
        device.type != DeviceType.CPU || MemoryLimit is not null
            ? this
            : this with
            {
                MemoryLimit = LargestBatch.Limit(),
            };

    /// <summary>Checks every range.</summary>
    /// <returns>The options themselves.</returns>
    /// <exception cref="TResNetException">A value is outside its range.</exception>
    public LargestBatchOptions Validate()
    {
        if (MemoryLimit is <= 0)
        {
            throw new TResNetException($"The memory limit is {MemoryLimit} bytes, but it has to be above 0.");
        }

        return Most is >= 2 and <= 65_536
            ? this
            : throw new TResNetException($"The largest batch to look at is {Most}, but it has to be from 2 to 65,536.");
    }
}

/// <summary>A batch that was tried, or foretold.</summary>
/// <param name="BatchSize">Its images.</param>
/// <param name="Fits">Whether its step stayed within the limit.</param>
/// <param name="PeakMemory">The most resident memory of the process meanwhile, in bytes; null on a GPU.</param>
/// <param name="Foretold">Whether it was not tried, since the line through the others is far above the limit there.</param>
internal sealed record BatchTrial(int BatchSize, bool Fits, long? PeakMemory, bool Foretold = false);

/// <summary>The largest training batch of a network.</summary>
public sealed record LargestBatchResult
{
    /// <summary>The network's name.</summary>
    public required string Model { get; init; }

    /// <summary>The shape of one image: <c>[C, H, W]</c>.</summary>
    public required IReadOnlyList<long> ImageShape { get; init; }

    /// <summary>The largest batch whose real step stayed within the limit.</summary>
    public required int BatchSize { get; init; }

    /// <summary>What was tried, in order.</summary>
    internal IReadOnlyList<BatchTrial> Trials { get; init; } = [];

    /// <summary>The most resident memory that the process might have, in bytes; null on a GPU.</summary>
    public required long? MemoryLimit { get; init; }

    /// <summary>The type that was computed in.</summary>
    public required ComputeType ComputeType { get; init; }

    /// <summary>The device: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Whether the largest batch that was to be looked at fits.</summary>
    public bool ReachedMost { get; init; }

    /// <summary>Whether it was interrupted: then larger batches may fit.</summary>
    public bool Interrupted { get; init; }

    /// <summary>The peak of <see cref="BatchSize"/>, in bytes; null on a GPU.</summary>
    public long? PeakMemory => Trials.LastOrDefault(trial => trial.BatchSize == BatchSize)?.PeakMemory;
}

/// <summary>How far the search has come.</summary>
/// <param name="BatchSize">The batch that is tried now.</param>
/// <param name="Fits">The largest batch known to fit; 0 before the first.</param>
/// <param name="TooLarge">The smallest batch known not to fit; null before there is one.</param>
internal sealed record LargestBatchProgress(int BatchSize, int Fits, int? TooLarge);
