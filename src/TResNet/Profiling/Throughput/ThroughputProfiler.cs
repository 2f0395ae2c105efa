// Images a second, measured so that the number can be compared: warm-up first, then rounds, then their median and spread.

using System.Diagnostics;
using TorchSharp.Modules;
using TResNet.Compute;
using TResNet.Graphs;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Profiling.Throughput;

/// <summary>Measures how fast a network is.</summary>
internal static class ThroughputProfiler
{
    /// <summary>The memory order in which a network is timed, which is that of its filters: <c>channels last</c> or <c>contiguous</c>.</summary>
    public static string MemoryFormatOf(nn.Module<Tensor, Tensor> model) => Placement.Of(model).MemoryFormat;

    /// <summary>
    /// Times a network on images of a fixed pattern. Weights, buffers, gradients and training flags are the same afterwards, bit for bit.
    /// </summary>
    /// <param name="model">Takes images <c>[N, C, H, W]</c>, gives logits <c>[N, classes]</c>; timed where it is, on its device.</param>
    /// <param name="imageShape">The shape of one image: <c>[C, H, W]</c>.</param>
    /// <param name="options">How to time; null for the defaults.</param>
    /// <param name="progress">Told before the first round and after each.</param>
    /// <param name="cancel">Honoured between two batches; the rounds done so far are the result.</param>
    /// <exception cref="TResNetException">An option is outside its range, or the network does not take the images.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first round was done.</exception>
    public static ThroughputResult Measure(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ThroughputOptions? options = null,
        IProgress<ThroughputProgress>? progress = null,
        CancellationToken cancel = default
    )
    {
        options = (options ?? new ThroughputOptions()).Validate();
        try
        {
            return Timed(model, imageShape, options, progress, cancel);
        }
        catch (Exception refused) when (OutOfMemory.Is(refused))
        {
            throw OutOfMemory.Sentence(refused, options.BatchSize, imageShape);
        }
    }

    private static ThroughputResult Timed(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> imageShape,
        ThroughputOptions options,
        IProgress<ThroughputProgress>? progress,
        CancellationToken cancel
    )
    {
        using var scope = NewDisposeScope();
        using var lent = new ProfilingScope(model, imageShape, options);
        var (placement, images) = (lent.Placement, lent.Images);
        progress?.Report(new ThroughputProgress(0, options.Rounds, null));
        using var optimised = options.Optimize ? new OptimizedTrial(model, images, options.ComputeType, cancel) : null;
        var timed = optimised?.Module ?? model;
        using var optimizer = options.Mode == ThroughputMode.Training ? optim.SGD(model.parameters(), 1e-3, 0.9) : null;

        Machine.ResetPeakResidentMemory();
        var watch = Stopwatch.StartNew();
        var rounds = new List<double>();

        // One scope for all batches where the weights stay as they are, so that they are cast once.
        using var computeType =
            optimizer is null && timed is not OptimizedModule ? options.ComputeType.Begin(placement.Device) : null;
        try
        {
            Run(options.WarmUp);
            while (rounds.Count < options.Rounds && (rounds.Count == 0 || watch.Elapsed < options.Budget))
            {
                var start = Stopwatch.GetTimestamp();
                Run(options.BatchesPerRound);
                var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                rounds.Add(options.BatchesPerRound * options.BatchSize / seconds);
                progress?.Report(new ThroughputProgress(rounds.Count, options.Rounds, rounds[^1]));
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested && rounds.Count > 0)
        {
            // What has been measured stays measured.
        }

        return new ThroughputResult
        {
            Model = model.DisplayName(),
            InputShape = lent.Shape,
            Options = options,
            Rounds = rounds,
            Device = placement.Device.ToString(),
            Threads = get_num_threads(),
            DataType = DataTypeOf(placement, options.ComputeType),
            MemoryFormat = placement.MemoryFormat,
            Machine = Machine.Describe(),
            Library = TorchLibrary.Name,
            Version = BuildVersion.Current,
            Date = TimeProvider.System.GetUtcNow(),
            PeakMemory = Machine.PeakResidentMemory(),
            Optimized = optimised?.Summarize(),
        };

        void Run(int batches)
        {
            for (var batch = 0; batch < batches; batch++)
            {
                cancel.ThrowIfCancellationRequested();
                using var temporaries = NewDisposeScope();
                if (optimizer is null)
                {
                    using var gradients = no_grad();
                    timed.call(images);
                }
                else
                {
                    Step(model, images, optimizer, options.ComputeType);
                }
            }

            placement.Device.Wait();
        }
    }

    private static string DataTypeOf(Placement placement, ComputeType computeType) =>
        computeType == ComputeType.Float32 ? placement.Type.ToString() : computeType.ToString();

    /// <summary>A training step on images of no meaning.</summary>
    internal static void Step(nn.Module<Tensor, Tensor> model, Tensor images, SGD optimizer, ComputeType computeType)
    {
        var logits = Logits();
        var labels = arange(images.shape[0], device: images.device).remainder(logits.shape[1]);
        model.zero_grad();
        functional.cross_entropy(logits, labels).backward();
        optimizer.step();

        Tensor Logits()
        {
            using var scope = computeType.Begin(images.device);
            return model.call(images);
        }
    }
}
