using TorchSharp;
using TResNet.Architectures;
using TResNet.Building;
using TResNet.Compute;
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
    public ThroughputOptions Throughput { get; init; } =
        new()
        {
            BatchSize = 8,
            Rounds = 5,
            Budget = TimeSpan.FromSeconds(10),
        };

    /// <summary>The side of the images in pixels; null for what the network is meant for.</summary>
    public int? InputSize { get; init; }

    /// <summary>How to look for each network's largest training batch; null not to.</summary>
    public LargestBatchOptions? LargestBatch { get; init; }
}

/// <summary>A network of an ablation, measured.</summary>
/// <param name="Name">The refinement that was added last, as the paper calls it.</param>
/// <param name="Architecture">The network with it.</param>
/// <param name="Summary">Its counts.</param>
/// <param name="Inference">The speed of a forward pass.</param>
/// <param name="Training">The speed of a training step.</param>
/// <param name="TrainingMemory">
/// What a training step takes beside what the process had before the network was built, in bytes: weights, gradients, the optimiser's buffers and what is
/// kept for backward; null where the system does not tell.
/// </param>
/// <param name="LargestBatch">The largest training batch; null where it was not looked for, and where not even the smallest fits.</param>
public sealed record AblationRow(
    string Name,
    StagedArchitecture Architecture,
    ModelSummary Summary,
    ThroughputResult Inference,
    ThroughputResult Training,
    long? TrainingMemory,
    LargestBatchResult? LargestBatch
)
{
    /// <summary>Why no training batch fits, in a sentence; null where one does, or none was looked for.</summary>
    public string? NoBatch { get; init; }
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
internal sealed record AblationProgress(string Name, int Number, int Count, string What);

/// <summary>Measures the refinements of a network one after another.</summary>
internal static class AblationStudy
{
    /// <summary>Builds and measures each network, one at a time.</summary>
    /// <param name="network">The network's name.</param>
    /// <param name="steps">What <see cref="AblationSteps.Of"/> gave.</param>
    /// <param name="options">How to measure; null for the defaults.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <param name="progress">Told before each measurement.</param>
    /// <param name="cancel">Honoured between two batches; the networks that were measured whole are the result.</param>
    /// <exception cref="TResNetException">An option is outside its range, or a network does not take the images.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first network was measured.</exception>
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
        Timing(ThroughputMode.Training).Validate();
        options.LargestBatch?.Validate();
        if (options.InputSize is { } asked)
        {
            foreach (var step in steps)
            {
                Network.CheckInputSize(step.Architecture.Info, asked, asked);
            }
        }

        var rows = new List<AblationRow>();
        var limit = options.LargestBatch?.Placed(device ?? CPU);
        try
        {
            FirstStep();
            for (var i = 0; i < steps.Count; i++)
            {
                rows.Add(Row(i));
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && rows.Count > 0)
        {
            return new AblationResult(network, rows, true);
        }

        return new AblationResult(network, rows, false);

        ThroughputOptions Timing(ThroughputMode mode) => options.Throughput with { Mode = mode };

        // What libraries keep from their first step on is not the first network's.
        void FirstStep()
        {
            if (steps.Count == 0)
            {
                return;
            }

            progress?.Report(new AblationProgress(steps[0].Name, 0, steps.Count, "a step that is not counted"));
            using var built = Build(steps[0]);
            var once = Timing(ThroughputMode.Training) with { Rounds = 1, WarmUp = 0, BatchesPerRound = 1 };
            ThroughputProfiler.Measure(built, Image(built), once, null, cancel);
        }

        Network Build(AblationStep step)
        {
            manual_seed(42);
            var built = step.Architecture.Build();
            MemoryFormat.ToChannelsLast(built);
            built.to(device ?? CPU);
            return built;
        }

        long[] Image(Network built)
        {
            var side = options.InputSize ?? built.Info.InputSize;
            return [built.InChans, side, side];
        }

        AblationRow Row(int number)
        {
            var step = steps[number];
            Machine.ReturnFreedMemory();
            var before = Machine.ResidentMemory();
            using var built = Build(step);
            var image = Image(built);
            Report("counting");
            var summary = Summarizer.Summarize(built, image) with { Model = step.Name };
            var training = Timed(ThroughputMode.Training);
            var inference = Timed(ThroughputMode.Inference);
            var (largest, none) = limit is { } search ? Largest(search) : default;
            var memory = training.PeakMemory is { } peak && before is { } had ? Math.Max(0, peak - had) : (long?)null;
            return new AblationRow(step.Name, step.Architecture, summary, inference, training, memory, largest)
            {
                NoBatch = none,
            };

            (LargestBatchResult? Found, string? None) Largest(LargestBatchOptions search)
            {
                Report("largest batch");
                try
                {
                    var found = LargestBatch.Find(
                        built,
                        image,
                        search,
                        new SynchronousProgress<LargestBatchProgress>(at =>
                            Report($"largest batch, trying {at.BatchSize}")
                        ),
                        cancel
                    );
                    return found.Interrupted ? throw new OperationCanceledException(cancel) : (found, null);
                }
                catch (TResNetException refused) when (rows.Count > 0)
                {
                    // A refinement may take more memory than the limit, and the next less.
                    return (null, refused.Message);
                }
            }

            ThroughputResult Timed(ThroughputMode mode)
            {
                var word = mode == ThroughputMode.Training ? "training" : "inference";
                var timing = Timing(mode);
                var result = ThroughputProfiler.Measure(
                    built,
                    image,
                    timing,
                    new SynchronousProgress<ThroughputProgress>(at =>
                        Report(at.Round == 0 ? $"{word}, warming up" : $"{word}, round {at.Round} of {at.Rounds}")
                    ),
                    cancel
                );
                cancel.ThrowIfCancellationRequested();
                return result with { Model = step.Name };
            }

            void Report(string what) => progress?.Report(new AblationProgress(step.Name, number, steps.Count, what));
        }
    }
}
