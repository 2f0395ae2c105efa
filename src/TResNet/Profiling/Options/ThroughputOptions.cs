using TResNet.Compute;
using TResNet.Graphs;

namespace TResNet.Profiling.Options;

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
    public ComputeType ComputeType { get; init; } = ComputeType.Float32;

    /// <summary>
    /// Whether the network is optimised first (<see cref="Optimization.Optimize"/>), for this batch and in this precision; inference alone. Neither that nor
    /// its warm-up is part of the time.
    /// </summary>
    public bool Optimize { get; init; }

    /// <summary>Untimed batches before the first timed one, at least: they go on for twice <see cref="RoundTime"/>; 0 to 1,000.</summary>
    public int WarmUp { get; init; } = 2;

    /// <summary>
    /// Timed rounds, of which the median is the result; 1 to 1,000. Odd numbers have a measured median; of fewer than 6, differences between networks are
    /// not judged.
    /// </summary>
    public int Rounds { get; init; } = 11;

    /// <summary>What a round lasts at least: it has as many batches as fill that time; 0 to 60 s. A shorter one measures the clock and the scheduler.</summary>
    public TimeSpan RoundTime { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>Batches in a round, at least; 1 to 10,000.</summary>
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
        if (RoundTime < TimeSpan.Zero || RoundTime > TimeSpan.FromMinutes(1))
        {
            throw new TResNetException(
                $"The time of a round is {RoundTime.TotalSeconds} s, but it has to be from 0 to 60; choose a time in that range."
            );
        }

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
