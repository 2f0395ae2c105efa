// The line under every measurement: what it was taken on.

using System.Runtime.InteropServices;

namespace TResNet.Compute;

/// <summary>The machine this process runs on, as far as the system tells.</summary>
internal static class Machine
{
    /// <summary>Processor, usable cores, memory and system in one line: <c>AMD EPYC, 2 cores, 23 GiB, Debian GNU/Linux 12, .NET 10.0.1</c>.</summary>
    public static string Describe() =>
        $"{Processor()}, {Environment.ProcessorCount} cores, {MemoryInGiB()} GiB, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}";

    /// <summary>The processor's features as Linux names them, such as <c>avx2</c>; empty where the system does not tell.</summary>
    public static IReadOnlySet<string> ProcessorFeatures() =>
        Lines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("flags", StringComparison.Ordinal)) is { } flags
            ? flags[(flags.IndexOf(':') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet()
            : new HashSet<string>();

    /// <summary>Processor, cores and memory of what <see cref="Describe"/> gave: what an update of the system or of .NET leaves as it is.</summary>
    /// <param name="description">One that is not of this form is given back as it is.</param>
    public static string Hardware(string description) =>
        description.Split(", ") is [_, _, _, .., var framework] parts
        && framework.StartsWith(".NET", StringComparison.Ordinal)
            ? string.Join(", ", parts[..3])
            : description;

    /// <summary>The most resident memory that this process has had so far, in bytes; null where the system does not tell.</summary>
    internal static long? PeakResidentMemory() => StatusBytes("VmHWM:");

    /// <summary>The resident memory of this process now, in bytes; null where the system does not tell.</summary>
    internal static long? ResidentMemory() => StatusBytes("VmRSS:");

    /// <summary>Memory that programs can take without the system swapping, in bytes, this process's limit included; null where the system does not tell.</summary>
    internal static long? AvailableMemory()
    {
        if (Bytes("/proc/meminfo", "MemAvailable:") is not { } available)
        {
            return null;
        }

        // A container's limit is less than the machine's memory.
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        return Math.Max(0, Math.Min(available, limit - (ResidentMemory() ?? 0)));
    }

    /// <summary>Bytes that are there for somebody new, once what only waits for the next tensor has gone back; null where the system does not tell.</summary>
    internal static long? AvailableOnceReleased()
    {
        HostMemory.Release();
        return AvailableMemory();
    }

    /// <summary>Bytes of the largest cache that the first processor uses; null where the system does not tell, as in some virtual machines.</summary>
    internal static long? LastCache()
    {
        const string Caches = "/sys/devices/system/cpu/cpu0/cache";
        var sizes = Directory.Exists(Caches)
            ? Directory.EnumerateDirectories(Caches, "index*").SelectMany(cache => Lines(Path.Combine(cache, "size")))
            : [];
        return sizes
            .Where(size => size.EndsWith('K'))
            .Select(size => (long?)(long.Parse(size[..^1], System.Globalization.CultureInfo.InvariantCulture) << 10))
            .Max();
    }

    /// <summary>Memory for people: GiB, and MiB below one.</summary>
    internal static string InWords(long bytes) =>
        bytes < 1L << 30
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB")
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"{bytes / (double)(1L << 30):0.00} GiB"
            );

    /// <summary>Gives memory back that was freed and kept for later: what is resident afterwards is in use.</summary>
    internal static void ReturnFreedMemory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        HostMemory.Release();
    }

    /// <summary>Asks Linux to count the peak of resident memory from here on; elsewhere the peak is the whole process's.</summary>
    internal static void ResetPeakResidentMemory()
    {
        // What only waits for the next tensor is nobody's peak.
        HostMemory.Release();
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

    private static long? StatusBytes(string key) => Bytes("/proc/self/status", key);

    private static long? Bytes(string file, string key)
    {
        var line = Lines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line is null ? null : 1024 * long.Parse(line[key.Length..].Replace("kB", "").Trim());
    }

    private static IEnumerable<string> Lines(string path) => File.Exists(path) ? File.ReadLines(path) : [];
}
