// The largest batch that a network can be trained with, by real steps: what a step needs is known to the last buffer only once it has run.

using TorchSharp;
using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Profiling.Memory;

/// <summary>Finds the largest training batch.</summary>
internal static class LargestBatch
{
    private const int Least = 2;

    /// <summary>The part of what is free, that is the limit where none is given.</summary>
    internal const double Share = 0.7;

    /// <summary>A step that is foretold to stay within so many times the limit, is tried.</summary>
    private const double Tolerance = 1.05;

    /// <summary>Batches are told apart to a 32nd.</summary>
    private const int Fineness = 32;

    private const int Growth = 4;

    /// <summary>
    /// Trains single steps of growing batches, then of batches between the largest that fits and the smallest that does not. The network is left as
    /// it was. On a CPU a step fits if the process's resident memory stays within a limit, and one that is foretold to go far beyond is not tried, so
    /// that the machine never swaps. On a GPU it fits unless memory is refused, whose allocator is emptied then.
    /// </summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>; trained where it is, on its device.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="options">The limit; null for the defaults.</param>
    /// <param name="progress">Told before each step.</param>
    /// <param name="cancel">Honoured between two steps; the largest batch found so far is the result.</param>
    /// <exception cref="TResNetException">
    /// An option is outside its range, the network does not take the images, or not even a batch of 2 fits.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first step was done.</exception>
    public static LargestBatchResult Find(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        LargestBatchOptions? options = null,
        IProgress<LargestBatchProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        options = (options ?? new LargestBatchOptions()).Validate();
        InputCheck.Try(model, imageShape).Dispose();
        var device = Placement.Of(model).Device;
        options.ComputeType.Require(device);
        using var state = new StateScope(model, training: true);
        using var steps = new TrialSteps(model, imageShape, options.ComputeType);
        var search = device.type == DeviceType.CPU ? OnCpu(steps, options) : OnGpu(steps, device, options);
        var interrupted = search.Run(options.Most, progress, cancel);
        return new LargestBatchResult
        {
            Model = model.DisplayName(),
            ImageShape = [.. imageShape],
            BatchSize = search.Fits,
            Trials = search.Trials,
            MemoryLimit = search.Limit,
            ComputeType = options.ComputeType,
            Device = device.ToString(),
            ReachedMost = search.Fits == options.Most,
            Interrupted = interrupted,
        };
    }

    /// <summary>What the process has and <see cref="Share"/> of what is free, in bytes; null where the system does not tell.</summary>
    internal static long? Limit()
    {
        Machine.ReturnFreedMemory();
        return Machine.ResidentMemory() is { } resident && Machine.AvailableMemory() is { } free
            ? resident + (long)(Share * free)
            : null;
    }

    private static Search OnCpu(TrialSteps steps, LargestBatchOptions options)
    {
        Machine.ReturnFreedMemory();
        if (Machine.ResidentMemory() is not { } resident || Machine.AvailableMemory() is not { } free)
        {
            throw new TResNetException(
                "This system does not tell how much memory a process has, so the largest batch cannot be found safely: choose one with --batch-size."
            );
        }

        var limit = options.MemoryLimit ?? resident + (long)(Share * free);
        if (limit <= resident)
        {
            throw new TResNetException(
                $"The memory limit is {Machine.InWords(limit)}, and the process has {Machine.InWords(resident)} already: choose a higher one."
            );
        }

        var all = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (limit > all)
        {
            throw new TResNetException(
                $"The memory limit is {Machine.InWords(limit)}, and this machine has {Machine.InWords(all)}: choose a lower one, or leave it out."
            );
        }

        // Also a limit that was given does not make the machine swap.
        var most = Math.Min((long)(Tolerance * limit), resident + (long)(MemoryEstimate.Share * free));
        return new Search(limit, most, steps.PeakMemory);
    }

    private static Search OnGpu(TrialSteps steps, Device device, LargestBatchOptions options)
    {
        if (options.MemoryLimit is not null)
        {
            throw new TResNetException(
                $"A memory limit is for the CPU: on {device} the GPU's memory is the limit, so leave it out."
            );
        }

        return new Search(null, null, steps.PeakMemory);
    }

    /// <summary>The search itself, which knows of steps no more than the memory they took.</summary>
    /// <param name="limit">What a step may take, in bytes; null where memory is refused instead.</param>
    /// <param name="most">What a step that is tried may be foretold to take, in bytes.</param>
    /// <param name="step">Runs a step and gives its peak; null where memory was refused.</param>
    internal sealed class Search(long? limit, long? most, Func<int, long?> step)
    {
        private readonly BatchMemoryLine line = new();
        private int? tooLarge;

        public long? Limit => limit;

        public int Fits { get; private set; }

        public List<BatchTrial> Trials { get; } = [];

        /// <returns>Whether it was cancelled.</returns>
        public bool Run(int largest, IProgress<LargestBatchProgress>? progress, CancellationToken cancel)
        {
            while (Next(largest) is { } batch)
            {
                if (cancel.IsCancellationRequested)
                {
                    return Fits > 0 ? true : throw new OperationCanceledException(cancel);
                }

                progress?.Report(new LargestBatchProgress(batch, Fits, tooLarge));
                Try(batch);
                if (Fits == 0)
                {
                    throw new TResNetException(
                        limit is { } bytes && Trials[^1].PeakMemory is { } peak
                            ? $"Even a step with a batch of {batch} takes {Machine.InWords(peak)}, and the limit is {Machine.InWords(bytes)}: choose a higher one, or smaller images."
                            : $"There is not enough memory for a step with a batch of {batch}: choose smaller images or a smaller network."
                    );
                }
            }

            return false;
        }

        /// <summary>The batch to try next; null when the largest is found.</summary>
        private int? Next(int largest)
        {
            if (Fits == 0)
            {
                return Least;
            }

            var beyond = tooLarge ?? largest + 1;
            var finest = Math.Max(1, Fits / Fineness);
            if (beyond - Fits <= finest)
            {
                return null;
            }

            // Not further than a line can be believed; after a failure not beyond the middle; and to where the line meets the limit.
            var reach = limit is null || line.CanPredict ? Growth : 2;
            var next = Math.Min((long)reach * Fits, beyond - 1);
            if (tooLarge is not null && (limit is null || !Trials[^1].Fits))
            {
                next = Math.Min(next, Fits + (beyond - Fits) / 2);
            }

            if (limit is { } bytes && line.CanPredict)
            {
                next = Math.Min(next, Math.Max(Fits + finest, line.LargestWithin(bytes)));
            }

            return (int)next;
        }

        private void Try(int batch)
        {
            if (most is { } bytes && line.CanPredict && line.Predict(batch) is var needed && needed > bytes)
            {
                Trials.Add(new BatchTrial(batch, false, needed, Foretold: true));
                tooLarge = batch;
                return;
            }

            var peak = step(batch);
            var fits = peak is { } taken && (limit is null || taken <= limit);
            Trials.Add(new BatchTrial(batch, fits, limit is null ? null : peak));
            if (limit is not null && peak is { } measured)
            {
                line.Add(batch, measured);
            }

            if (fits)
            {
                Fits = batch;
            }
            else
            {
                tooLarge = batch;
            }
        }
    }

    /// <summary>Training steps of any batch, one after the other, with one optimiser.</summary>
    private sealed class TrialSteps(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ComputeType computeType
    ) : IDisposable
    {
        private readonly SGD optimizer = optim.SGD(model.parameters(), 1e-3, 0.9);
        private bool isWarm;

        /// <summary>Runs a step.</summary>
        /// <returns>The most resident memory of the process meanwhile, in bytes, and 0 where it is not told; null where memory was refused.</returns>
        public long? PeakMemory(int batch)
        {
            try
            {
                if (!isWarm)
                {
                    // The optimiser makes its buffers in the first step.
                    Step(Least);
                    isWarm = true;
                }

                Machine.ReturnFreedMemory();
                Machine.ResetPeakResidentMemory();
                Step(batch);
                return Machine.PeakResidentMemory() ?? 0;
            }
            catch (Exception refused) when (OutOfMemory.Is(refused))
            {
                optimizer.zero_grad();
                return null;
            }
        }

        public void Dispose() => optimizer.Dispose();

        private void Step(int batch)
        {
            using var scope = NewDisposeScope();
            var images = Placement.Of(model).Move(ProfilingScope.Pattern([batch, .. imageShape]));
            ThroughputProfiler.Step(model, images, optimizer, computeType);
            images.device.Wait();
        }
    }
}
