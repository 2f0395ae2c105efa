using System.Runtime.InteropServices;
using TorchSharp;

namespace TResNet.Compute;

/// <summary>
/// The memory of tensors on the CPU, which libtorch takes from the C library. By default that gives large blocks back to the system, which
/// clears every page again for the next step: here freed memory waits for the next tensor (<c>man 3 mallopt</c>).
/// </summary>
internal static partial class HostMemory
{
    private const int TrimThreshold = -1; // M_TRIM_THRESHOLD
    private const int TopPad = -2; // M_TOP_PAD
    private const int UsualTopPad = 128 << 10;
    private const int MmapThreshold = -3; // M_MMAP_THRESHOLD
    private const int ArenaMax = -8; // M_ARENA_MAX
    private const int HugePage = 14; // MADV_HUGEPAGE
    private const nint LargePage = 2 << 20;

    // What waits for a step that may not come is more than this share of the machine's, or the container's, memory: then it goes back.
    private const int Share = 4;

    // Of what a forward keeps: two counts agree within a hundredth, or the median of so many is taken.
    private const int Agreeing = 100;
    private const int MostCounts = 5;
    private const int MostCollections = 8;
    private static readonly bool HasMalloc = OperatingSystem.IsLinux() && Found();

    /// <summary>Bytes that C code has taken and not freed, tensors on the CPU among them; null where the C library does not tell (glibc 2.33 does).</summary>
    public static long? InUse => HasMalloc && mallinfo2() is var info ? (long)(info.InUse + info.Mapped) : null;

    /// <summary>Bytes that the C library has of the system, in use or waiting; null where it does not tell.</summary>
    public static long? Taken => HasMalloc && mallinfo2() is var info ? (long)(info.Arena + info.Mapped) : null;

    /// <summary>Bytes that were freed and wait for the next tensor; null where the C library does not tell.</summary>
    public static long? Waiting => HasMalloc ? (long)mallinfo2().Free : null;

    /// <summary>Raised where others than the C library have memory to give back.</summary>
    internal static event Action? Releasing;

    /// <summary>Gives the memory of freed tensors on the CPU back to the system; otherwise it waits for the tensors of the next step.</summary>
    public static void Release()
    {
        Releasing?.Invoke();
        if (HasMalloc)
        {
            malloc_trim(0);
        }
    }

    /// <summary>
    /// Bytes on the CPU that a forward keeps for its backward: what is in use while its result lives, less than before it. Counted again until two counts
    /// agree, since all threads of the process take and give back; where none do, the median.
    /// </summary>
    /// <param name="forward">Runs it; its result is disposed.</param>
    /// <exception cref="TResNetException">The C library does not tell.</exception>
    internal static long BytesKept(Func<torch.Tensor> forward)
    {
        // Once before, so that what is made on the first call and stays is not counted.
        KeptOnce(forward);
        var counts = new List<long>();
        while (counts.Count < MostCounts)
        {
            var count = KeptOnce(forward);
            if (counts.Any(other => Math.Abs(other - count) <= Math.Abs(count) / Agreeing))
            {
                return count;
            }

            counts.Add(count);
        }

        return counts.Order().ElementAt(MostCounts / 2);
    }

    private static long KeptOnce(Func<torch.Tensor> forward)
    {
        using var scope = torch.NewDisposeScope();
        var before = Settled();
        using var result = forward();
        scope.Detach(result);
        scope.DisposeEverything();
        return Settled() - before;
    }

    // What one collection frees may be what held more.
    private static long Settled()
    {
        var inUse = long.MaxValue;
        for (var round = 0; round < MostCollections; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            var now =
                InUse
                ?? throw new TResNetException(
                    "The C library of this system does not tell what is in use, which glibc 2.33 and newer do: what a forward keeps cannot be counted here."
                );
            if (now >= inUse)
            {
                return now;
            }

            inUse = now;
        }

        return inUse;
    }

    /// <summary>Gives it back where more of it waits than a quarter of the memory that the machine or its container has.</summary>
    internal static void ReleaseExcess()
    {
        if (Waiting > GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Share)
        {
            Release();
        }
    }

    /// <summary>Gives it back where half as much of it waits as is in use, since tensors that are kept lie between those that come and go.</summary>
    internal static void ReleaseGaps()
    {
        if (HasMalloc && mallinfo2() is var info && info.Free > (info.InUse + info.Mapped) / 2)
        {
            malloc_trim(0);
        }
    }

    /// <summary>From here on, freed memory waits for the next tensor.</summary>
    internal static void KeepFreedMemory()
    {
        if (HasMalloc)
        {
            mallopt(MmapThreshold, 1 << 30);
            mallopt(TrimThreshold, int.MaxValue);
            mallopt(ArenaMax, 1);
        }
    }

    /// <summary>
    /// Runs what takes tens of megabytes in small blocks, such as the loading of libtorch with its tables of operators, with large pages for them
    /// (<c>man 2 madvise</c>): a page of 4 KB costs some machines as much time as its contents, or more.
    /// </summary>
    /// <param name="bytes">What it takes.</param>
    /// <param name="work">What is run.</param>
    internal static T InLargePages<T>(int bytes, Func<T> work)
    {
        if (!HasMalloc)
        {
            return work();
        }

        // The heap grows once, by all of it, for a block that it has no room for. Where the thread has another heap, its pages stay as they are.
        mallopt(TopPad, bytes);
        try
        {
            Advise(bytes);
            return work();
        }
        finally
        {
            mallopt(TopPad, UsualTopPad);
        }
    }

    private static unsafe void Advise(int bytes)
    {
        var block = NativeMemory.Alloc((nuint)LargePage);
        var (start, end) = (((nint)block + LargePage - 1) & -LargePage, sbrk(0) & -LargePage);
        if (start < end && end - start <= bytes + LargePage)
        {
            _ = madvise(start, end - start, HugePage);
        }

        NativeMemory.Free(block);
    }

    private static bool Found() =>
        NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "mallinfo2", out _);

    [LibraryImport("libc.so.6")]
    private static partial int mallopt(int what, int value);

    [LibraryImport("libc.so.6")]
    private static partial int malloc_trim(nuint kept);

    [LibraryImport("libc.so.6")]
    private static partial nint sbrk(nint more);

    [LibraryImport("libc.so.6")]
    private static partial int madvise(nint start, nint length, int advice);

    [LibraryImport("libc.so.6")]
    private static partial MallocInfo mallinfo2();

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct MallocInfo
    {
        public readonly nuint Arena;
        private readonly nuint freeChunks;
        private readonly nuint fastChunks;
        private readonly nuint mappedBlocks;
        public readonly nuint Mapped;
        private readonly nuint unused;
        private readonly nuint fastFree;
        public readonly nuint InUse;
        public readonly nuint Free;
        private readonly nuint trimmable;
    }
}
