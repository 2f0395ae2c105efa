// Throughput over the batch size: a machine is not busy with few images and has no memory for many.

using TorchSharp;
using TResNet.Compute;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using static TorchSharp.torch;

namespace TResNet.Profiling.Throughput;

/// <summary>How far a sweep has come.</summary>
/// <param name="BatchSize">The batch that is being measured.</param>
/// <param name="Number">Which one it is, from 0.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Round">Within it; null while a small batch is tried to see what memory a large one would take.</param>
internal sealed record SweepProgress(int BatchSize, int Number, int Count, ThroughputProgress? Round);

/// <summary>What a sweep measured.</summary>
/// <param name="Results">By batch size, smallest first.</param>
/// <param name="Ended">Why larger batches were not measured, in a sentence; null where all were.</param>
/// <param name="Interrupted">Whether it was cancelled.</param>
public sealed record SweepResult(IReadOnlyList<ThroughputResult> Results, string? Ended, bool Interrupted)
{
    /// <summary>What the first batch that was not measured would take, where smaller ones had to be tried to know it.</summary>
    internal BatchNeed? Needed { get; init; }
}

/// <summary>Measures a network at several batch sizes.</summary>
internal static class ThroughputSweep
{
    /// <summary>
    /// Times a network from the smallest batch to the largest; it is left as it was. A batch that would take more memory than there is, by a line
    /// through smaller ones, is not tried on a CPU; on a GPU it is, and the error ends the sweep.
    /// </summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>; timed where it is, on its device.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="batchSizes">Images in a batch, in any order.</param>
    /// <param name="options">How to time each; the batch size in it does not count.</param>
    /// <param name="memoryLimit">The most that the process may take, in bytes; null for 0.9 of what is free, beside what it has.</param>
    /// <param name="progress">Told before each batch's first round and after each.</param>
    /// <param name="cancel">Honoured between two batches; what was measured is the result.</param>
    /// <exception cref="TResNetException">An option is outside its range, or the network does not take the images.</exception>
    public static SweepResult Measure(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        IReadOnlyList<int> batchSizes,
        ThroughputOptions options,
        long? memoryLimit = null,
        IProgress<SweepProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        var sizes = batchSizes.Distinct().Order().ToArray();
        foreach (var size in sizes)
        {
            (options with { BatchSize = size }).Validate();
        }

        var isOnCpu = Placement.Of(model).Device.type == DeviceType.CPU;
        var memory = new BatchMemoryLine();
        var results = new List<ThroughputResult>();
        BatchNeed? needed = null;
        for (var i = 0; i < sizes.Length; i++)
        {
            var size = sizes[i];
            var number = i;
            try
            {
                if (isOnCpu && WithoutRoom(size, number) is { } reason)
                {
                    return new SweepResult(results, reason, false) { Needed = needed };
                }

                results.Add(Timed(options with { BatchSize = size }, number));
                if (cancel.IsCancellationRequested)
                {
                    return new SweepResult(results, null, true);
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return new SweepResult(results, null, true);
            }
            catch (Exception refused) when (OutOfMemory.Is(refused))
            {
                return new SweepResult(results, $"there is not enough memory for a batch of {size}", false);
            }
        }

        return new SweepResult(results, null, false);

        ThroughputResult Timed(ThroughputOptions each, int number)
        {
            Machine.ReturnFreedMemory();
            var result = ThroughputProfiler.Measure(
                model,
                imageShape,
                each,
                new SynchronousProgress<ThroughputProgress>(round =>
                    progress?.Report(new SweepProgress(each.BatchSize, number, sizes.Length, round))
                ),
                cancel
            );
            if (PeakOf(result) is { } peak)
            {
                memory.Add(each.BatchSize, peak);
            }

            return result;
        }

        string? WithoutRoom(int size, int number)
        {
            if ((memoryLimit ?? Limit()) is not { } most)
            {
                return null;
            }

            if (
                MemoryEstimate.LeastOf(model, imageShape, options with { BatchSize = size }) is { } beside
                && beside + (Machine.ResidentMemory() ?? 0) is var all
                && all > most
            )
            {
                return $"a batch of {size} would take at least {Machine.InWords(all)}, and {Machine.InWords(most)} are there";
            }

            var least = options.Mode == ThroughputMode.Training ? 2 : 1;
            while (memory.Before(size, least) is { } small && !IsTooMuch(small, most))
            {
                progress?.Report(new SweepProgress(small, number, sizes.Length, null));
                Machine.ReturnFreedMemory();
                var probe = options with { BatchSize = small, Rounds = 1, WarmUp = 0 };
                if (PeakOf(ThroughputProfiler.Measure(model, imageShape, probe, null, cancel)) is not { } peak)
                {
                    return null;
                }

                memory.Add(small, peak);
            }

            if (!IsTooMuch(size, most))
            {
                return null;
            }

            Machine.ReturnFreedMemory();
            var bytes = memory.Predict(size);
            needed = new BatchNeed
            {
                Model = model.DisplayName(),
                InputShape = [size, .. imageShape],
                Mode = options.Mode,
                Optimized = options.Optimize,
                ComputeType = options.ComputeType,
                Threads = torch.get_num_threads(),
                Machine = Machine.Describe(),
                Library = TorchLibrary.Name,
                Version = BuildVersion.Current,
                Bytes = bytes - (Machine.ResidentMemory() ?? 0),
            };
            return NoRoom(size, bytes, most);
        }

        bool IsTooMuch(int size, long most) => memory.CanPredict && memory.Predict(size) > most;
    }

    // Optimising runs the network as it is too, to compare.
    private static long? PeakOf(ThroughputResult result) =>
        result.Optimized?.PeakMemory is { } before ? Math.Max(before, result.PeakMemory ?? 0) : result.PeakMemory;

    internal static string NoRoom(int batch, long needed, long most) =>
        $"a batch of {batch} would take about {Machine.InWords(needed)}, and {Machine.InWords(most)} are there";

    internal static long? Limit() =>
        Machine.AvailableMemory() is { } free
            ? (long)((Machine.ResidentMemory() ?? 0) + MemoryEstimate.Share * free)
            : null;
}
