// Images a second, with what is needed to believe the number.

using TResNet.Compute;
using TResNet.Evaluation;
using TResNet.Graphs;
using TResNet.Training;

namespace TResNet.Profiling.Throughput;

/// <summary>What is timed.</summary>
public enum ThroughputMode
{
    /// <summary>A forward pass in evaluation mode without gradients.</summary>
    Inference,

    /// <summary>A step: forward pass in training mode, loss, backward pass, optimiser.</summary>
    Training,
}

/// <summary>How to time.</summary>
public sealed record ThroughputOptions
{
    /// <summary>What is timed.</summary>
    public ThroughputMode Mode { get; init; } = ThroughputMode.Inference;

    /// <summary>Images in a batch; 1 to 65,536, and at least 2 for training.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>The type that convolutions and matrix products compute in; the weights keep theirs.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>
    /// Whether the network is optimised first (<see cref="Optimization.Optimize"/>), for this batch and in this precision; inference alone. Neither that nor
    /// its warm-up is part of the time.
    /// </summary>
    public bool Optimize { get; init; }

    /// <summary>Untimed batches before the first timed one; 0 to 1,000.</summary>
    public int WarmUp { get; init; } = 2;

    /// <summary>Timed rounds, of which the median is the result; 1 to 1,000. Odd numbers have a measured median.</summary>
    public int Rounds { get; init; } = 7;

    /// <summary>Batches in a round; 1 to 10,000.</summary>
    public int BatchesPerRound { get; init; } = 1;

    /// <summary>No round starts after this time, warm-up included, except the first; above 0.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Checks every range.</summary>
    /// <returns>The options themselves.</returns>
    /// <exception cref="TResNetException">A value is outside its range.</exception>
    public ThroughputOptions Validate()
    {
        var least = Mode == ThroughputMode.Training ? 2 : 1;
        if (Optimize && Mode == ThroughputMode.Training)
        {
            throw new TResNetException(
                "An optimised network has no gradients, so no training step of it can be timed: leave Optimize out, or time inference."
            );
        }

        Check("batch size", BatchSize, least, 65_536);
        Check("number of warm-up batches", WarmUp, 0, 1_000);
        Check("number of rounds", Rounds, 1, 1_000);
        Check("number of batches in a round", BatchesPerRound, 1, 10_000);
        return Budget > TimeSpan.Zero
            ? this
            : throw new TResNetException(
                $"The time budget is {Budget.TotalSeconds} s, but it has to be above 0; choose a longer one."
            );
    }

    private static void Check(string name, int value, int least, int most)
    {
        if (value < least || value > most)
        {
            throw new TResNetException(
                $"The {name} is {value}, but it has to be from {least} to {most:N0}; choose a value in that range."
            );
        }
    }
}

/// <summary>How far a measurement has come.</summary>
/// <param name="Round">Rounds done; 0 while warming up.</param>
/// <param name="Rounds">All rounds.</param>
/// <param name="ImagesPerSecond">The last round's rate; null while warming up.</param>
public sealed record ThroughputProgress(int Round, int Rounds, double? ImagesPerSecond);

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
    /// The most resident memory that the process had while it ran, in bytes, the rest of the process included; null where the system does not tell.
    /// </summary>
    public required long? PeakMemory { get; init; }

    /// <summary>What the optimised network was made of; null of one that was not optimised, and of results that were read from a file.</summary>
    public OptimizedSummary? Optimized { get; init; }

    /// <summary>Whether the measurement was cancelled or ran out of its budget before its last round.</summary>
    public bool Shortened => Rounds.Count < Options.Rounds;

    /// <summary>Whether it tells as much as a measurement with these options would: of as many rounds, or cut short by no less time.</summary>
    /// <param name="options">Of the same kind; their rounds and budget count.</param>
    public bool Answers(ThroughputOptions options) =>
        Options.Rounds >= options.Rounds && (Options.Budget >= options.Budget || !Shortened);

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
    private double Quantile(double share)
    {
        var sorted = Rounds.Order().ToArray();
        var at = share * (sorted.Length - 1);
        var below = (int)at;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }
}
