using System.Diagnostics;
using System.Runtime.InteropServices;
using TResNet.Compute.Distributed;

namespace TResNet.Scale;

/// <summary>Sums of 8 bytes to 64 MiB, the least of many rounds, as <c>benchmarks</c> of MPI libraries measure them.</summary>
internal static class Reductions
{
    private const double SecondsOfSize = 0.6;
    private const int FewestRounds = 5;

    // Bytes of gradients.
    private const long ResNet50 = 102_228_128;

    // docs/scale.md has the same table for other machines.
    private static readonly int[] Processes = [1, 8, 64, 512];

    public static void Measure(ProcessGroup group)
    {
        var measured = new List<(long Bytes, double Seconds)>();
        for (long bytes = 8; bytes <= 64L << 20; bytes *= 8)
        {
            measured.Add((bytes, Seconds(group, bytes)));
        }

        if (!group.IsFirst)
        {
            return;
        }

        var model = ReductionModel.Fit(group.Size, measured);
        Console.WriteLine($"{group.Size} processes, {group.Transport}, {Environment.ProcessorCount} processors");
        Console.WriteLine($"{"bytes", 12} {"measured", 12} {"model", 12} {"MB/s", 10}");
        foreach (var (bytes, seconds) in measured)
        {
            var modelled = model.Seconds(group.Size, bytes);
            Console.WriteLine(
                $"{bytes, 12:N0} {seconds * 1e6, 9:N1} us {modelled * 1e6, 9:N1} us {bytes / seconds / 1e6, 10:N0}"
            );
        }

        Console.WriteLine($"latency {model.Latency * 1e6:N1} us, bandwidth {model.Bandwidth / 1e6:N0} MB/s");
        const double Step = 1;
        var buckets = ReductionModel.Buckets(ResNet50);
        Console.WriteLine(
            $"By this model, {ResNet50 / 1e6:F0} MB of gradients in {buckets.Count} sums behind a step of {Step} s, two thirds of it backward:"
        );
        foreach (var processes in Processes)
        {
            var share = Step / (Step + model.Open(processes, buckets, Step * 2 / 3));
            Console.WriteLine($"{processes, 4} processes: {share, 6:P0}");
        }
    }

    /// <summary>The least time that a sum takes.</summary>
    /// <param name="group">The processes.</param>
    /// <param name="bytes">Bytes of each.</param>
    public static unsafe double Seconds(ProcessGroup group, long bytes)
    {
        var values = (float*)NativeMemory.AllocZeroed((nuint)bytes);
        var least = Least(group, (nint)values, bytes / sizeof(float));
        NativeMemory.Free(values);
        return least;
    }

    private static double Least(ProcessGroup group, nint values, long count)
    {
        var (least, began) = (double.MaxValue, Stopwatch.GetTimestamp());
        for (var round = 0; ; round++)
        {
            group.Barrier();
            var start = Stopwatch.GetTimestamp();
            group.AllReduce(MpiChannel.Gradients, values, count, MpiType.Float).Wait();
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            // The slowest of them counts, and all see whether there is time for another round.
            double[] both = [seconds, Stopwatch.GetElapsedTime(began).TotalSeconds];
            group.AllReduce(both, operation: MpiOperation.Max);
            least = Math.Min(least, both[0]);
            if (both[1] > SecondsOfSize && round >= FewestRounds)
            {
                return least;
            }
        }
    }
}
