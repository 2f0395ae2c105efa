using System.Runtime.Intrinsics.X86;

namespace TResNet.Compute;

/// <summary>
/// What the oneDNN in libtorch 2.10 takes the processor's caches for. Where the processor says that there are none (CPUID leaf 0x8000001D; AMD64 Architecture
/// Programmer's Manual, volume 3), it takes each for one byte.
/// </summary>
internal static class OneDnnCaches
{
    // libtorch-cpu-linux-x64 2.10.0: the static Xbyak::util::Cpu of dnnl::impl::cpu::x64::cpu().
    private const string BuildId = "e59a73f8ca02c19463bd923dc568ce765b2a1106";
    private const long RecordAt = 0x1585b180;

    // In 32-bit words: 0-3 features, 4-6 cores, 7-16 sizes, 17-26 cores that share, 27 levels.
    private const int Sizes = 7;
    private const int Levels = 27;

    // What oneDNN guesses where it is told nothing at all.
    private static readonly int[] Guess = [32 << 10, 512 << 10, 1 << 20];

    /// <summary>Whether the processor says that there are no caches, as in some virtual machines with AMD processors.</summary>
    public static bool AreHidden()
    {
        const uint CacheLeaf = 0x8000001D;
        if (!X86Base.IsSupported)
        {
            return false;
        }

        var (_, ebx, ecx, edx) = X86Base.CpuId(0, 0);
        var isAmd = (ebx, edx, ecx) == (0x68747541, 0x69746E65, 0x444D4163); // "AuthenticAMD"
        var highest = (uint)X86Base.CpuId(unchecked((int)0x80000000), 0).Eax;
        return isAmd && highest >= CacheLeaf && (X86Base.CpuId(unchecked((int)CacheLeaf), 0).Eax & 0x1F) == 0;
    }

    /// <summary>The bytes of each level, once oneDNN has made its first primitive; null where this is another libtorch.</summary>
    public static int[]? Known()
    {
        var record = Record();
        return record.IsEmpty ? null : record.Slice(Sizes, record[Levels]).ToArray();
    }

    /// <summary>Writes sensible sizes in the place of those of one byte.</summary>
    /// <returns>Whether there were such.</returns>
    public static bool Mend()
    {
        var record = Record();
        if (
            record.IsEmpty
            || record[Levels] != Guess.Length
            || !record.Slice(Sizes, Guess.Length).SequenceEqual([1, 1, 1])
        )
        {
            return false;
        }

        Guess.CopyTo(record[Sizes..]);
        return true;
    }

    private static unsafe Span<int> Record() =>
        Base() is { } start && HasBuildId(start) ? new Span<int>((void*)(start + (nint)RecordAt), Levels + 1) : [];

    private static nint? Base()
    {
        var map = File.ReadLines("/proc/self/maps")
            .FirstOrDefault(line => line.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal));
        return map is null
            ? null
            : nint.Parse(map.AsSpan(0, map.IndexOf('-')), System.Globalization.NumberStyles.HexNumber);
    }

    // A note of GNU's linker, wherever a program header (ELF-64 object file format, 5) says that notes are.
    private static unsafe bool HasBuildId(nint start)
    {
        const int Note = 4;
        var (headers, size, count) = (
            start + (nint)(*(long*)(start + 0x20)),
            *(ushort*)(start + 0x36),
            *(ushort*)(start + 0x38)
        );
        for (var header = headers; header < headers + size * count; header += size)
        {
            if (*(int*)header == Note)
            {
                var (address, length) = (*(long*)(header + 0x10), *(long*)(header + 0x28));
                var notes = new ReadOnlySpan<byte>((void*)(start + (nint)address), (int)length);
                if (notes.IndexOf(Convert.FromHexString(BuildId)) >= 0)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
