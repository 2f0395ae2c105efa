// The line under every measurement: what it was taken on.

using System.Runtime.InteropServices;

namespace TResNet.Profiling;

/// <summary>The machine this process runs on, as far as the system tells.</summary>
public static class Machine
{
    /// <summary>Processor, usable cores, memory and system in one line: <c>AMD EPYC, 2 cores, 23 GiB, Debian GNU/Linux 12, .NET 10.0.1</c>.</summary>
    public static string Describe() =>
        $"{Processor()}, {Environment.ProcessorCount} cores, {MemoryInGiB()} GiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>The most resident memory that this process has had so far, in bytes; null where the system does not tell.</summary>
    internal static long? PeakResidentMemory() => StatusBytes("VmHWM:");

    /// <summary>The resident memory of this process now, in bytes; null where the system does not tell.</summary>
    internal static long? ResidentMemory() => StatusBytes("VmRSS:");

    /// <summary>Asks Linux to count the peak of resident memory from here on; elsewhere the peak is the whole process's.</summary>
    internal static void ResetPeakResidentMemory()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A container may refuse; then the peak is that of the whole process, which is what its documentation says.
        }
    }

    private static string Processor()
    {
        var model = Lines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        return model is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : model[(model.IndexOf(':') + 1)..].Trim();
    }

    private static long MemoryInGiB() =>
        (long)Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30));

    private static long? StatusBytes(string key)
    {
        var line = Lines("/proc/self/status").FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line is null ? null : 1024 * long.Parse(line[key.Length..].Replace("kB", "").Trim());
    }

    private static IEnumerable<string> Lines(string path) => File.Exists(path) ? File.ReadLines(path) : [];
}
