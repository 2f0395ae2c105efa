using System.Runtime.InteropServices;
using TorchSharp.Interop;

namespace TorchSharp;

/// <summary>
/// Where a process group plugs in: with it, the batch statistics of in-place ABN are those of all processes' images, in forward and in
/// backward. The gradients of its parameters stay this process's, as averaging gradients expects.
/// </summary>
internal static unsafe class SharedStatistics
{
    private static Adding? current;

    /// <summary>Adds to each value what the other processes have in its place: an all-reduce. All processes call it equally often.</summary>
    internal delegate void Adding(Span<double> values);

    /// <summary>Sets what adds; null leaves each process to itself, as at first. What it throws fails the forward or backward it is part of.</summary>
    internal static void Use(Adding? add)
    {
        current = add;
        NativeMethods.tb_abn_reduce_with(add is null ? null : &Add);
    }

    [UnmanagedCallersOnly]
    private static int Add(double* values, long count)
    {
        try
        {
            current?.Invoke(new Span<double>(values, checked((int)count)));
            return 0;
        }
        catch (Exception)
        {
            return 1;
        }
    }
}
