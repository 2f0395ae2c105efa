using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TResNet.Kernels;

/// <summary>
/// Where a process group plugs in: with it, the batch statistics of in-place ABN and of batch normalisation (<see cref="SyncBatchNorm"/>) are those of all
/// processes' images, in forward and in backward. The gradients of its parameters stay this process's, as averaging gradients expects.
/// </summary>
internal static unsafe class SharedStatistics
{
    private static Adding? current;

    [ThreadStatic]
    private static ExceptionDispatchInfo? failure;

    /// <summary>Adds to each value what the other processes have in its place: an all-reduce. All processes call it equally often.</summary>
    /// <param name="values">In forward two sums of each channel and how many values are behind them; in backward two sums of each channel.</param>
    /// <param name="isBackward">Which of the two it is.</param>
    internal delegate void Adding(Span<double> values, bool isBackward);

    /// <summary>Whether the statistics are those of several processes.</summary>
    internal static bool AreUsed => current is not null;

    /// <summary>Sets what adds; null leaves each process to itself, as at first. What it throws fails the forward or backward it is part of.</summary>
    internal static void Use(Adding? add)
    {
        current = add;
        if (NativeKernels.Available)
        {
            NativeKernels.tresnet_reduce_with(add is null ? null : &Add);
        }
    }

    /// <summary>Leaves this process to itself until the result is disposed, for what it computes alone.</summary>
    internal static IDisposable Suspend()
    {
        var suspended = new Suspended(current);
        Use(null);
        return suspended;
    }

    /// <summary>Adds to each value what the other processes have in its place.</summary>
    internal static void Add(Span<double> values, bool isBackward) => current?.Invoke(values, isBackward);

    /// <summary>Throws where a kernel of in-place ABN has failed, or what the adding in it threw.</summary>
    internal static void Check(int status, string what)
    {
        var thrown = failure;
        failure = null;
        if (status != 0)
        {
            thrown?.Throw();
        }

        NativeKernels.Check(status, what);
    }

    [UnmanagedCallersOnly]
    private static int Add(double* values, long count, int isBackward)
    {
        try
        {
            current?.Invoke(new Span<double>(values, checked((int)count)), isBackward != 0);
            return 0;
        }
        catch (Exception thrown)
        {
            failure = ExceptionDispatchInfo.Capture(thrown);
            return 1;
        }
    }

    private sealed class Suspended(Adding? before) : IDisposable
    {
        public void Dispose() => Use(before);
    }
}
