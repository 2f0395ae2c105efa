using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>
/// Some virtual machines with AMD processors say that there are no caches (CPUID leaf 0x8000001D; AMD64 Architecture Programmer's Manual, volume 3). The
/// oneDNN in libtorch 2.10 then takes each for one byte, divides by a block of 0 in the first backward of a 1x1 convolution, and the process dies of
/// SIGFPE. Sensible sizes are written into its record before that happens.
/// </summary>
internal static class ProcessorCaches
{
    // libtorch-cpu-linux-x64 2.10.0: the static Xbyak::util::Cpu of dnnl::impl::cpu::x64::cpu().
    private const string BuildId = "e59a73f8ca02c19463bd923dc568ce765b2a1106";
    private const long RecordAt = 0x1585b180;

    // In 32-bit words: 0-3 features, 4-6 cores, 7-16 sizes, 17-26 cores that share, 27 levels.
    private const int Sizes = 7;
    private const int Levels = 27;

    // What oneDNN guesses where it is told nothing at all.
    private static readonly int[] Guess = [32 << 10, 512 << 10, 1 << 20];

    /// <summary>Mends the record where that is needed, or else switches oneDNN off.</summary>
    /// <returns>What was done, in a sentence; null where nothing was to be done.</returns>
    public static string? Mend()
    {
        if (!Hidden())
        {
            return null;
        }

        LookAtProcessor();
        if (Write())
        {
            return "the processor hides its caches, so oneDNN was told 32 KiB, 512 KiB and 1 MiB";
        }

        LibTorch.DisableOneDnn();
        return "the processor hides its caches, with which this oneDNN would die in training, so libtorch computes without oneDNN, several times slower";
    }

    private static bool Hidden()
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

    // oneDNN makes its record with its first primitive.
    private static void LookAtProcessor()
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        nn.functional.conv2d(ones(1, 16, 32, 32), ones(16, 16, 3, 3));
    }

    private static unsafe bool Write()
    {
        if (Base() is not { } start || !HasBuildId(start))
        {
            return false;
        }

        var record = (int*)(start + RecordAt);
        var isUnset = record[Levels] == 3 && record[Sizes] == 1 && record[Sizes + 1] == 1 && record[Sizes + 2] == 1;
        if (isUnset)
        {
            Guess.CopyTo(new Span<int>(record + Sizes, Guess.Length));
        }

        return isUnset;
    }

    private static nint? Base()
    {
        var map = File.ReadLines("/proc/self/maps")
            .FirstOrDefault(line => line.EndsWith("/libtorch_cpu.so", StringComparison.Ordinal));
        return map is null
            ? null
            : nint.Parse(map.AsSpan(0, map.IndexOf('-')), System.Globalization.NumberStyles.HexNumber);
    }

    // Among the first pages, as a note of GNU's linker.
    private static unsafe bool HasBuildId(nint start) =>
        new ReadOnlySpan<byte>((void*)start, 4096).IndexOf(Convert.FromHexString(BuildId)) >= 0;
}
