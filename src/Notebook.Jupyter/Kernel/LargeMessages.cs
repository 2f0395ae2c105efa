using System.Runtime.InteropServices;

namespace Notebook.Jupyter.Kernel;

/// <summary>Gives back what a large message took: its text was there in several forms, and neither the collector nor malloc hurries.</summary>
internal static class LargeMessages
{
    private const int Large = 4 << 20; // bytes

    /// <summary>To be called once a message is done with and nothing holds it any more.</summary>
    /// <param name="size">Bytes of its frames.</param>
    public static void Release(long size)
    {
        if (size <= Large)
        {
            return;
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        try
        {
            malloc_trim(0);
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library than glibc.
        }
    }

    [DllImport("libc.so.6")]
    private static extern int malloc_trim(nuint pad);
}
