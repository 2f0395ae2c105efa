using TResNet.Architectures;
using TResNet.Building;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Profiling.Ablation;

/// <summary>How to measure an ablation.</summary>
internal sealed record AblationOptions
{
    /// <summary>How to time inference and training of each network; the mode in it does not count. The batch has to be at least 2.</summary>
    public ThroughputOptions Throughput { get; init; } = new() { BatchSize = 8, Budget = TimeSpan.FromSeconds(15) };

    /// <summary>The side of the images in pixels; null for what the network is meant for.</summary>
    public int? InputSize { get; init; }

    /// <summary>How to look for each network's largest training batch; null not to.</summary>
    public LargestBatchOptions? LargestBatch { get; init; }
}

/// <summary>A network of an ablation, measured.</summary>
/// <param name="Name">The refinement that was added last, as the paper calls it.</param>
/// <param name="Architecture">The network with it.</param>
/// <param name="Summary">Its counts.</param>
/// <param name="Inference">The speed of a forward pass; null where it was interrupted before.</param>
/// <param name="Training">The speed of a training step; null where it was interrupted before.</param>
/// <param name="TrainingMemory">
/// What a training step takes beside what the process had before the network was built, in bytes: weights, gradients, the optimiser's buffers and what is
/// kept for backward; null where the system does not tell.
/// </param>
/// <param name="LargestBatch">The largest training batch; null where it was not looked for, and where not even the smallest fits.</param>
public sealed record AblationRow(
    string Name,
    StagedArchitecture Architecture,
    ModelSummary Summary,
    ThroughputResult? Inference,
    ThroughputResult? Training,
    long? TrainingMemory,
    LargestBatchResult? LargestBatch
)
{
    /// <summary>Why no training batch fits, in a sentence; null where one does, or none was looked for.</summary>
    public string? NoBatch { get; init; }

    /// <summary>
    /// The share of validation images that networks like this one, perhaps narrower, classified rightly after a training, 0 to 1: one for each seed, the
    /// same seeds in each row; empty where none was trained.
    /// </summary>
    public IReadOnlyList<double> Top1 { get; init; } = [];
}

/// <summary>What an ablation measured.</summary>
/// <param name="Network">The network whose refinements they are.</param>
/// <param name="Rows">From the plain network to the one with all refinements.</param>
/// <param name="Interrupted">Whether it was cancelled before the last one.</param>
public sealed record AblationResult(string Network, IReadOnlyList<AblationRow> Rows, bool Interrupted);

/// <summary>How far an ablation has come.</summary>
/// <param name="Name">The refinement that is measured.</param>
/// <param name="Number">Which one, from 0.</param>
/// <param name="Count">How many there are.</param>
/// <param name="What">What is being done, in words.</param>
/// <param name="Done">The share of the whole that is done, 0 to 1.</param>
internal sealed record AblationProgress(string Name, int Number, int Count, string What, double Done);

/// <summary>Measures the refinements of a network, each beside the one before.</summary>
internal static class AblationStudy
{
    /// <summary>Builds the networks and times them in turns: a training step of each, then a forward pass.</summary>
    /// <param name="network">The network's name.</param>
    /// <param name="steps">What <see cref="AblationSteps.Of"/> gave.</param>
    /// <param name="options">How to measure; null for the defaults.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <param name="progress">Told before each measurement and after each round.</param>
    /// <param name="cancel">Honoured between two batches; what was measured until then is the result.</param>
    /// <exception cref="TResNetException">An option is outside its range, or a network does not take the images.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first round was done.</exception>
    public static AblationResult Run(
        string network,
        IReadOnlyList<AblationStep> steps,
        AblationOptions? options = null,
        Device? device = null,
        IProgress<AblationProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        options ??= new AblationOptions();
        (options.Throughput with { Mode = ThroughputMode.Training }).Validate();
        options.LargestBatch?.Validate();
        if (options.InputSize is { } asked)
        {
            foreach (var step in steps)
            {
                Network.CheckInputSize(step.Architecture.Info, asked, asked);
            }
        }

        var work = new AblationWork(steps, options, device ?? CPU, progress, cancel);
        try
        {
            work.Run();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && work.Rows.Count > 0)
        {
            return new AblationResult(network, work.Rows, true);
        }

        return new AblationResult(network, work.Rows, false);
    }
}
