using TResNet.Compute;

namespace TResNet.Tests;

/// <summary>
/// What C code has in use, in tests. All threads of the process take and give back, the compiler's several megabytes at a time: it is settled first, and
/// growth counts only where it stays.
/// </summary>
internal static class UsedMemory
{
    private const long Quiet = 64 << 10;
    private const int MostLooks = 100;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    /// <summary>Bytes in use, once nothing is left to collect and two looks agree.</summary>
    public static long Settled()
    {
        LiveTensors.Settled();
        var last = HostMemory.InUse!.Value;
        for (var look = 0; look < MostLooks; look++)
        {
            Thread.Sleep(BetweenLooks);
            var now = HostMemory.InUse!.Value;
            if (Math.Abs(now - last) <= Quiet)
            {
                return now;
            }

            last = now;
        }

        return last;
    }

    /// <summary>Fails where what is in use has not grown by so many bytes, and does not come to that.</summary>
    public static void AssertGrown(long before, long least, long most)
    {
        for (var look = 0; look < MostLooks; look++)
        {
            var grown = HostMemory.InUse!.Value - before;
            if (grown >= least && grown <= most)
            {
                return;
            }

            Thread.Sleep(BetweenLooks);
        }

        Assert.InRange(HostMemory.InUse!.Value - before, least, most);
    }
}
