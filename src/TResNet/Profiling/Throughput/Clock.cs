// Time on a device: a GPU's calls come back before their work is done.

using System.Diagnostics;
using static TorchSharp.torch;

namespace TResNet.Profiling.Throughput;

/// <summary>Takes the time of what a device does.</summary>
internal static class Clock
{
    /// <summary>Waits for what the device was asked for; a CPU has done it by now.</summary>
    public static void Wait(this Device device)
    {
        if (device.type == TorchSharp.DeviceType.CUDA)
        {
            cuda.synchronize(device);
        }
    }

    /// <summary>The shortest time of several passes, in seconds, after one that is not timed.</summary>
    /// <param name="pass">Its result is disposed within the time.</param>
    /// <param name="device">Where it computes.</param>
    /// <param name="least">Passes that are timed at least.</param>
    /// <param name="budget">How long further ones begin.</param>
    public static double Best(Func<Tensor> pass, Device device, int least, TimeSpan budget)
    {
        Once();
        var watch = Stopwatch.StartNew();
        var (best, passes) = (double.PositiveInfinity, 0);
        while (passes++ < least || watch.Elapsed < budget)
        {
            best = Math.Min(best, Once());
        }

        return best;

        double Once()
        {
            var start = Stopwatch.GetTimestamp();
            pass().Dispose();
            device.Wait();
            return Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
