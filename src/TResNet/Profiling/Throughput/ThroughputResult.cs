// Images a second, with what is needed to believe the number.

using MathNet.Numerics.Statistics;
using TResNet.Profiling.Options;

namespace TResNet.Profiling.Throughput;

/// <summary>How far a measurement has come.</summary>
/// <param name="Round">Rounds done; 0 while warming up.</param>
/// <param name="Rounds">All rounds.</param>
/// <param name="ImagesPerSecond">The last round's rate; null while warming up.</param>
internal sealed record ThroughputProgress(int Round, int Rounds, double? ImagesPerSecond);

/// <summary>The throughput of one network on one machine.</summary>
public sealed record ThroughputResult
{
    /// <summary>The network's name.</summary>
    public required string Model { get; init; }

    /// <summary>The shape of a batch: <c>[N, C, H, W]</c>.</summary>
    public required IReadOnlyList<long> InputShape { get; init; }

    /// <summary>The options of the measurement, validated.</summary>
    public required ThroughputOptions Options { get; init; }

    /// <summary>Images a second of each timed round, in the order they were run; at least one.</summary>
    public required IReadOnlyList<double> Rounds { get; init; }

    /// <summary>The turns in which it was timed with others, or alone; empty of one from a file that does not tell.</summary>
    internal IReadOnlyList<TurnRounds> Turns { get; init; } = [];

    /// <summary>The device: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Threads that share an operator's work on the CPU.</summary>
    public required int Threads { get; init; }

    /// <summary>The type that is computed in: <c>Float32</c>, <c>BFloat16</c>.</summary>
    public required string DataType { get; init; }

    /// <summary>The memory format: <c>channels last</c> or <c>contiguous</c>.</summary>
    public required string MemoryFormat { get; init; }

    /// <summary>The machine, in words.</summary>
    public required string Machine { get; init; }

    /// <summary>Which library ran the operators: <c>TorchSharp 0.107.0, libtorch 2.10.0</c>.</summary>
    public required string Library { get; init; }

    /// <summary>This project's version with the commit it was built from, <c>0.1.0+1df2482</c>; null in files from before it was kept.</summary>
    public string? Version { get; init; }

    /// <summary>When it was measured.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>
    /// The most resident memory that the process had while it ran, in bytes, the rest of the process included but for the networks that it was timed in
    /// turns with; null where the system does not tell.
    /// </summary>
    public required long? PeakMemory { get; init; }

    /// <summary>What the optimised network was made of; null of one that was not optimised, and of results that were read from a file.</summary>
    internal OptimizedSummary? Optimized { get; init; }

    /// <summary>Whether the measurement was cancelled or ran out of its budget before its last round.</summary>
    public bool Shortened => Rounds.Count < Options.Rounds;

    /// <summary>Whether it tells as much as a measurement with these options would: of as many rounds, or cut short by no less time.</summary>
    /// <param name="options">Of the same kind; their rounds, how long these last, and budget count.</param>
    public bool Answers(ThroughputOptions options) =>
        Options.Rounds >= options.Rounds
        && Options.RoundTime >= options.RoundTime
        && (Options.Budget >= options.Budget || !Shortened);

    /// <summary>What was timed.</summary>
    public ThroughputMode Mode => Options.Mode;

    /// <summary>Images in a batch.</summary>
    public int BatchSize => Options.BatchSize;

    /// <summary>The median over the rounds, in images a second.</summary>
    public double Median => Quantile(0.5);

    /// <summary>The slowest round, in images a second.</summary>
    public double Min => Rounds.Min();

    /// <summary>The fastest round, in images a second.</summary>
    public double Max => Rounds.Max();

    /// <summary>The lower quartile, in images a second.</summary>
    public double LowerQuartile => Quantile(0.25);

    /// <summary>The upper quartile, in images a second.</summary>
    public double UpperQuartile => Quantile(0.75);

    // Linear interpolation between the two nearest rounds, as NumPy's default does.
    private double Quantile(double share) =>
        ArrayStatistics.QuantileCustomInplace([.. Rounds], share, QuantileDefinition.R7);
}
