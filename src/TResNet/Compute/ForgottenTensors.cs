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

    // The C library walks over all blocks that were freed, while nobody takes or gives any. Where there are so many that it takes long (or they are far
    // from the processor, since nobody looked for long), somebody looks less often, unless so many more tensors live that they may be forgotten ones.
    private const int LessOften = 100;
    private static readonly TimeSpan LongWalk = TimeSpan.FromMilliseconds(1);
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
        var (calmSince, lastLook) = (Environment.TickCount64, Environment.TickCount64);
        var isBusy = false;
        var walk = TimeSpan.Zero;
        while (true)
        {
            Thread.Sleep(isBusy ? WhileBusy : WhileIdle);
            var now = Tensor.TotalCount;
            isBusy = now != tensors;
            tensors = now;
            if (Environment.TickCount64 - lastLook < Pause(isBusy, walk).TotalMilliseconds && !growth.IsDue(tensors))
            {
                continue;
            }

            growth.Looked(tensors);
            var start = Stopwatch.GetTimestamp();
            var inUse = HostMemory.InUse!.Value;
            walk = Believed(Stopwatch.GetElapsedTime(start), walk);
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

    /// <summary>How long to wait before the next look.</summary>
    /// <param name="isBusy">Whether tensors came or went.</param>
    /// <param name="walk">How long a look takes.</param>
    internal static TimeSpan Pause(bool isBusy, TimeSpan walk) =>
        walk > LongWalk ? TimeSpan.FromTicks(Math.Min(LessOften * walk.Ticks, Longest.Ticks))
        : isBusy ? WhileBusy
        : WhileIdle;

    /// <summary>How long a look takes, of which a part may have gone to others on the processor: only what takes long each time is believed.</summary>
    /// <param name="took">How long the last one took.</param>
    /// <param name="before">What was believed before it.</param>
    internal static TimeSpan Believed(TimeSpan took, TimeSpan before)
    {
        var most = (1.5 * before) + TimeSpan.FromMicroseconds(50);
        return took < most ? took : most;
    }

    /// <summary>Bytes in use above which somebody looks, where so many were in use after the last look.</summary>
    internal static long LimitAfter(long inUse) => inUse + Math.Max(Room, inUse / 2);
}
