using static TorchSharp.torch;

namespace TResNet.Compute;

/// <summary>
/// Collects tensors that nobody disposes. TorchSharp does not tell the collector what memory hangs on a tensor, so a loop that forgets 100,000
/// tensors of a megabyte would fill the machine before the collector thinks of it.
/// </summary>
internal static class ForgottenTensors
{
    // What may be forgotten before somebody looks.
    private const long Room = 192L << 20;
    private static readonly TimeSpan WhileBusy = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan WhileIdle = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(1);

    /// <summary>Looks from now on, on a thread of its own; call it once.</summary>
    public static void Watch()
    {
        if (HostMemory.InUse is null)
        {
            return;
        }

        new Thread(Look)
        {
            IsBackground = true,
            Name = "forgotten tensors",
            Priority = ThreadPriority.AboveNormal,
        }.Start();
    }

    private static void Look()
    {
        var limit = LimitAfter(HostMemory.InUse!.Value);
        var (tensors, calmSince) = (Tensor.TotalCount, Environment.TickCount64);
        var isBusy = false;
        while (true)
        {
            Thread.Sleep(isBusy ? WhileBusy : WhileIdle);
            var now = Tensor.TotalCount;
            isBusy = now != tensors;
            tensors = now;
            var inUse = HostMemory.InUse!.Value;
            if (inUse > limit)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                HostMemory.ReleaseExcess();
                // A training step takes and gives back more than this each time: what survives a collection is no reason for the next.
                limit = LimitAfter(HostMemory.InUse!.Value);
            }
            else if (inUse > limit / 2)
            {
                calmSince = Environment.TickCount64;
            }
            else if (Environment.TickCount64 - calmSince > Calm.TotalMilliseconds)
            {
                limit = LimitAfter(inUse);
            }
        }
    }

    /// <summary>Bytes in use above which somebody looks, where so many were in use after the last look.</summary>
    internal static long LimitAfter(long inUse) => inUse + Math.Max(Room, inUse / 2);
}
