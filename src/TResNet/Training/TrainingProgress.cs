// What an observer of a run is told: after every step, and once more after each evaluation.

using TResNet.Training.Distributed;
using TResNet.Training.Runs;

namespace TResNet.Training;

/// <summary>Where a run stands.</summary>
public sealed record TrainingProgress
{
    /// <summary>The epoch under way, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>All epochs of the run.</summary>
    public required int Epochs { get; init; }

    /// <summary>Steps done, over all epochs.</summary>
    public required int Step { get; init; }

    /// <summary>All steps of the run.</summary>
    public required int Steps { get; init; }

    /// <summary>The mean loss of the last step's batch, with label smoothing.</summary>
    public required double Loss { get; init; }

    /// <summary>The loss averaged over about the last 20 steps.</summary>
    public required double SmoothedLoss { get; init; }

    /// <summary>The learning rate of the last step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Training images a second, over about the last 20 steps and without evaluation.</summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>Time since the run started, evaluation included.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The estimated time to the end, evaluation included.</summary>
    public required TimeSpan Remaining { get; init; }

    /// <summary>What went wrong so far without ending the run, such as a state that a full disk refused.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The share of the epoch's training time that was spent waiting for images, 0 to 1.</summary>
    public double DataWait { get; init; }

    /// <summary>The resident memory of this process in bytes, at most a second old; null where the system does not tell.</summary>
    public long? Memory { get; init; }

    /// <summary>How the epoch's time divides among computing and the other processes; null alone.</summary>
    internal ExchangeShares? Exchange { get; init; }

    /// <summary>The epoch that this report closes; null between two evaluations.</summary>
    public EpochResult? Completed { get; init; }
}
