using TorchSharp;
using TResNet.Compute;
using TResNet.Profiling.Counting;
using TResNet.Profiling.Options;
using static TorchSharp.torch;

namespace TResNet.Profiling.Throughput;

/// <summary>A network's way from the smallest batch to the largest, and what each takes of memory.</summary>
internal sealed class SweptCurve
{
    private readonly SweepRequest request;
    private readonly long? memoryLimit;
    private readonly BatchMemoryLine memory = new();
    private readonly List<ThroughputResult> results = [];
    private BatchNeed? needed;
    private string? ended;
    private TResNetException? refused;

    /// <exception cref="TResNetException">An option is outside its range.</exception>
    public SweptCurve(SweepRequest request, long? memoryLimit)
    {
        (this.request, this.memoryLimit) = (request, memoryLimit);
        BatchSizes = [.. request.BatchSizes.Distinct().Order()];
        foreach (var size in BatchSizes)
        {
            (request.Options with { BatchSize = size }).Validate();
        }
    }

    /// <summary>Its batch sizes, smallest first.</summary>
    public IReadOnlyList<int> BatchSizes { get; }

    /// <summary>Whether a batch is to be timed: it was asked for, nothing ended the curve before, and on a CPU there is memory for it.</summary>
    /// <param name="size">Images in the batch.</param>
    /// <param name="trying">Told of each smaller batch that is tried to see what memory this one would take.</param>
    /// <param name="cancel">Honoured between two batches.</param>
    public bool Admits(int size, Action<int> trying, CancellationToken cancel)
    {
        if (ended is not null || refused is not null || !BatchSizes.Contains(size))
        {
            return false;
        }

        try
        {
            var model = request.Network();
            ended = Placement.Of(model).Device.type == DeviceType.CPU ? WithoutRoom(model, size, trying, cancel) : null;
        }
        catch (TResNetException why)
        {
            Refuse(size, why);
        }

        return ended is null && refused is null;
    }

    /// <summary>What is to be timed.</summary>
    public TimingRequest At(int size) => new(request.Network, request.Image, request.Options with { BatchSize = size });

    /// <summary>Takes what came of it.</summary>
    public void Take(int size, TimingOutcome outcome)
    {
        if (outcome.Refused is { } why)
        {
            Refuse(size, why);
        }

        if (outcome.Result is { } result)
        {
            results.Add(result);
            if (PeakOf(result) is { } peak)
            {
                memory.Add(size, peak);
            }
        }
    }

    /// <summary>What was measured.</summary>
    public SweepResult Result(bool interrupted) =>
        new(results, ended, interrupted) { Needed = needed, Refused = refused };

    private void Refuse(int size, TResNetException why)
    {
        if (OutOfMemory.Is(why))
        {
            ended = $"there is not enough memory for a batch of {size}";
        }
        else
        {
            refused = why;
        }
    }

    private string? WithoutRoom(nn.Module<Tensor, Tensor> model, int size, Action<int> trying, CancellationToken cancel)
    {
        if ((memoryLimit ?? ThroughputSweep.Limit()) is not { } most)
        {
            return null;
        }

        if (
            MemoryEstimate.LeastOf(model, request.Image, request.Options with { BatchSize = size }) is { } beside
            && beside + (Machine.ResidentMemory() ?? 0) is var all
            && all > most
        )
        {
            return $"a batch of {size} would take at least {Machine.InWords(all)}, and {Machine.InWords(most)} are there";
        }

        var least = request.Options.Mode == ThroughputMode.Training ? 2 : 1;
        while (memory.Before(size, least) is { } small && !IsTooMuch(small, most))
        {
            trying(small);
            Machine.ReturnFreedMemory();
            var probe = request.Options with { BatchSize = small, Rounds = 1, WarmUp = 0, RoundTime = TimeSpan.Zero };
            if (PeakOf(ThroughputProfiler.Measure(model, request.Image, probe, null, cancel)) is not { } peak)
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
            InputShape = [size, .. request.Image],
            Mode = request.Options.Mode,
            Optimized = request.Options.Optimize,
            ComputeType = request.Options.ComputeType,
            Threads = torch.get_num_threads(),
            Machine = Machine.Describe(),
            Library = TorchLibrary.Name,
            Version = BuildVersion.Current,
            Bytes = bytes - (Machine.ResidentMemory() ?? 0),
        };
        return ThroughputSweep.NoRoom(size, bytes, most);
    }

    private bool IsTooMuch(int size, long most) => memory.CanPredict && memory.Predict(size) > most;

    // Optimising runs the network as it is too, to compare.
    private static long? PeakOf(ThroughputResult result) =>
        result.Optimized?.PeakMemory is { } before ? Math.Max(before, result.PeakMemory ?? 0) : result.PeakMemory;
}
