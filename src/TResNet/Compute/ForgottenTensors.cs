using System.Diagnostics;
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

    // The C library walks over all blocks that were freed, while nobody takes or gives any: that is done seldom, unless so many more tensors live that
    // they may be forgotten ones, but not so seldom that what hangs on a few of them meanwhile is more than there is.
    private const int LessOften = 100;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200);

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
        var tensors = Tensor.TotalCount;
        var growth = new TensorGrowth(tensors);
        var waiting = new WaitingMemory(TimeProvider.System, HostMemory.Release);
        var (calmSince, lastLook) = (Environment.TickCount64, Environment.TickCount64);
        var isBusy = false;
        var walk = TimeSpan.Zero;
        while (true)
        {
            Thread.Sleep(isBusy ? WhileBusy : WhileIdle);
            var now = Tensor.TotalCount;
            isBusy = now != tensors;
            tensors = now;
            waiting.Looked(isBusy);
            if (Environment.TickCount64 - lastLook < Pause(walk).TotalMilliseconds && !growth.IsDue(tensors))
            {
                continue;
            }

            growth.Looked(tensors);
            var start = Stopwatch.GetTimestamp();
            var inUse = HostMemory.InUse!.Value;
            walk = Stopwatch.GetElapsedTime(start);
            if (inUse > limit)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                HostMemory.ReleaseExcess();
                // A training step takes and gives back more than this each time: what survives a collection is no reason for the next.
                limit = LimitAfter(HostMemory.InUse!.Value);
                growth.Restart(Tensor.TotalCount);
            }
            else if (inUse > limit / 2)
            {
                calmSince = Environment.TickCount64;
            }
            else if (Environment.TickCount64 - calmSince > Calm.TotalMilliseconds)
            {
                limit = LimitAfter(inUse);
                growth.Restart(tensors);
            }

            lastLook = Environment.TickCount64;
        }
    }

    /// <summary>How long to wait before the next look, unless ever more tensors live.</summary>
    /// <param name="walk">How long the last one took.</param>
    internal static TimeSpan Pause(TimeSpan walk) =>
        TimeSpan.FromTicks(Math.Clamp(LessOften * walk.Ticks, Shortest.Ticks, Longest.Ticks));

    /// <summary>Bytes in use above which somebody looks, where so many were in use after the last look.</summary>
    internal static long LimitAfter(long inUse) => inUse + Math.Max(Room, inUse / 2);
}
