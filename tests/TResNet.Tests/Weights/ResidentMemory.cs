using System.Globalization;

namespace TResNet.Tests.Weights;

/// <summary>The process's memory as Linux counts it: native and managed alike.</summary>
internal static class ResidentMemory
{
    private const long Kilobyte = 1024;

    /// <summary>The most bytes that were resident at once since <see cref="ForgetPeak"/>.</summary>
    internal static long Peak =>
        Kilobyte
        * long.Parse(
            File.ReadLines("/proc/self/status")
                .First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture
        );

    /// <summary>Sets the peak back to what is resident now (proc(5), clear_refs).</summary>
    internal static void ForgetPeak() => File.WriteAllText("/proc/self/clear_refs", "5");
}
