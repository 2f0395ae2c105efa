namespace TorchSharp.Interop;

/// <summary>
/// Tells the collector of memory it cannot see: a tensor is a few bytes to it and megabytes to the machine. Beyond the collector's own
/// pressure, which reacts slowly, a bound on live tensor bytes forces a collection before forgotten tensors fill the machine.
/// </summary>
internal static class NativeMemory
{
    /// <summary>Below this a tensor is not worth the collector's attention.</summary>
    private const long Negligible = 16 * 1024;

    private const long FirstBound = 512L * 1024 * 1024;

    private static long live;
    private static long bound = FirstBound;
    private static int collecting;

    /// <summary>Bytes of storage that C# tensors own.</summary>
    internal static long Live => Interlocked.Read(ref live);

    internal static void Add(long bytes)
    {
        if (bytes < Negligible)
        {
            return;
        }

        GC.AddMemoryPressure(bytes);
        if (Interlocked.Add(ref live, bytes) > Interlocked.Read(ref bound))
        {
            Collect();
        }
    }

    internal static void Remove(long bytes)
    {
        if (bytes < Negligible)
        {
            return;
        }

        GC.RemoveMemoryPressure(bytes);
        Interlocked.Add(ref live, -bytes);
    }

    /// <summary>
    /// Frees what was forgotten. What remains is in use, so the next bound is twice that: a program that keeps its memory pays for a
    /// handful of collections, not for one a tensor.
    /// </summary>
    private static void Collect()
    {
        if (Interlocked.Exchange(ref collecting, 1) != 0)
        {
            return;
        }

        try
        {
            var before = Interlocked.Read(ref bound);
            GC.Collect(1);
            GC.WaitForPendingFinalizers();
            if (Live > before / 2)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }

            var machine = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
            var next = Math.Max(FirstBound, Live * 2);
            Interlocked.Exchange(ref bound, Math.Max(Math.Min(next, machine * 6 / 10), Live + Live / 8));
        }
        finally
        {
            Volatile.Write(ref collecting, 0);
        }
    }
}
