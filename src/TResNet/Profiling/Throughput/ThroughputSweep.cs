// Throughput over the batch size: a machine is not busy with few images and has no memory for many.

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
/// <param name="Curve">Which of several networks, from 0.</param>
/// <param name="Done">The share of the whole that is done, 0 to 1.</param>
internal sealed record SweepProgress(
    int BatchSize,
    int Number,
    int Count,
    ThroughputProgress? Round,
    int Curve = 0,
    double Done = 0
);

/// <summary>A network that is measured at several batch sizes, beside others.</summary>
/// <param name="Network">Gives it, on its device.</param>
/// <param name="Image">The shape of one image: <c>[C, H, W]</c>.</param>
/// <param name="Options">How to time each; the batch size in it does not count.</param>
/// <param name="BatchSizes">Images in a batch, in any order.</param>
internal sealed record SweepRequest(
    Func<nn.Module<Tensor, Tensor>> Network,
    IReadOnlyList<long> Image,
    ThroughputOptions Options,
    IReadOnlyList<int> BatchSizes
);

/// <summary>What a sweep measured.</summary>
/// <param name="Results">By batch size, smallest first.</param>
/// <param name="Ended">Why larger batches were not measured, in a sentence; null where all were.</param>
/// <param name="Interrupted">Whether it was cancelled.</param>
public sealed record SweepResult(IReadOnlyList<ThroughputResult> Results, string? Ended, bool Interrupted)
{
    /// <summary>What the first batch that was not measured would take, where smaller ones had to be tried to know it.</summary>
    internal BatchNeed? Needed { get; init; }

    /// <summary>Why it could not be measured further, where that is not memory: its network does not take the images.</summary>
    internal TResNetException? Refused { get; init; }
}

/// <summary>Measures networks at several batch sizes.</summary>
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
        var result = Measure(
            [new SweepRequest(() => model, imageShape, options, batchSizes)],
            memoryLimit,
            progress,
            cancel
        )[0];
        return result.Refused is null ? result : throw result.Refused;
    }

    /// <summary>Times several networks, at each batch size in turns with each other.</summary>
    /// <returns>One for each, in order.</returns>
    /// <inheritdoc cref="Measure(nn.Module{Tensor, Tensor}, IReadOnlyList{long}, IReadOnlyList{int}, ThroughputOptions, long?, IProgress{SweepProgress}, CancellationToken)"/>
    public static IReadOnlyList<SweepResult> Measure(
        IReadOnlyList<SweepRequest> requests,
        long? memoryLimit = null,
        IProgress<SweepProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        SweptCurve[] curves = [.. requests.Select(request => new SweptCurve(request, memoryLimit))];
        int[] sizes = [.. curves.SelectMany(curve => curve.BatchSizes).Distinct().Order()];
        var interrupted = false;
        for (var i = 0; i < sizes.Length && !interrupted; i++)
        {
            try
            {
                AtSize(i);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                interrupted = true;
            }
        }

        return [.. curves.Select(curve => curve.Result(interrupted))];

        void AtSize(int number)
        {
            var size = sizes[number];
            SweptCurve[] here =
            [
                .. curves.Where(curve =>
                    curve.Admits(
                        size,
                        small =>
                            Report(
                                new SweepProgress(small, number, sizes.Length, null, Array.IndexOf(curves, curve)),
                                0
                            ),
                        cancel
                    )
                ),
            ];
            var comparison = new ThroughputComparison([.. here.Select(curve => curve.At(size))])
            {
                Progress = at =>
                    Report(
                        new SweepProgress(
                            size,
                            number,
                            sizes.Length,
                            new ThroughputProgress(at.Round, at.Rounds, at.ImagesPerSecond),
                            Array.IndexOf(curves, here[at.Number])
                        ),
                        at.Done
                    ),
            };
            try
            {
                comparison.Run(cancel);
            }
            finally
            {
                foreach (var (curve, outcome) in here.Zip(comparison.Outcomes))
                {
                    curve.Take(size, outcome);
                }
            }

            void Report(SweepProgress at, double share) =>
                progress?.Report(at with { Done = (number + share) / sizes.Length });
        }
    }

    internal static string NoRoom(int batch, long needed, long most) =>
        $"a batch of {batch} would take about {Machine.InWords(needed)}, and {Machine.InWords(most)} are there";

    internal static long? Limit() =>
        Machine.AvailableMemory() is { } free
            ? (long)((Machine.ResidentMemory() ?? 0) + MemoryEstimate.Share * free)
            : null;
}
