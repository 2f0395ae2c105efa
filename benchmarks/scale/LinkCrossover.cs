using System.Globalization;
using System.Text.Json;
using TResNet.Compute.Distributed;
using TResNet.Training;

namespace TResNet.Scale;

/// <summary>
/// Where a second machine is worth nothing: the speed of the link at which two processes train no faster than one, by the model of docs/scale.md, and as
/// measured over a link of limited speed (<c>link.sh</c>).
/// </summary>
internal static class LinkCrossover
{
    private const int Side = 128;
    private const double Backward = 2 / 3.0;
    private const double Within = 0.25;
    private const string Sums = "sums";
    private const string Steps = "steps";
    private const string Apart = "apart";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(6);

    // Of the speed that the model says.
    private static readonly double[] Around = [0.5, 0.7, 1, 1.4, 2];

    /// <summary>The words with which it starts its processes.</summary>
    public static bool IsPart(string word) => word is Sums or Steps or Apart;

    /// <summary>What one of the processes does: prints its numbers as JSON, the first one.</summary>
    public static void Part(ProcessGroup group, string[] words)
    {
        var result =
            words[0] == Sums
                ? JsonSerializer.Serialize(
                    Reductions.Seconds(group, long.Parse(words[1], CultureInfo.InvariantCulture))
                )
                : JsonSerializer.Serialize(
                    Step(
                        words[0] == Apart ? ProcessGroup.Alone : group,
                        words[1],
                        int.Parse(words[2], CultureInfo.InvariantCulture)
                    )
                );
        if (group.IsFirst)
        {
            Console.WriteLine(result);
        }
    }

    /// <summary>Measures, predicts and compares.</summary>
    /// <param name="model">The network.</param>
    /// <param name="batch">Images of a step, of all processes together.</param>
    /// <returns>Whether the two agree within a quarter.</returns>
    public static bool Show(string model, int batch)
    {
        long bytes;
        using (var network = Models.Create(model))
        {
            bytes = network.parameters().Sum(weight => weight.numel()) * sizeof(float);
        }

        LimitedLink.Limit(null);
        // Two processors may share a core, and one of two machines is not slowed by the other: so both compute whenever time counts.
        var alone = Time(Apart, model, batch);
        // Over memory: what exchanging costs a processor is in it, and what it costs a link is not.
        var half = Time(Steps, model, batch);
        Console.WriteLine(
            $"{model}, {bytes / 1e6:F0} MB of gradients, {batch} images of {Side} pixels, a thread each: a step takes {alone:F3} s, and {half:F3} s where two divide it and no link is in the way"
        );

        // One limited speed gives the share of it that sums reach, and their latency.
        const double Reference = 1e9;
        LimitedLink.Limit(Reference);
        var reached = ReductionModel.Fit(
            2,
            [.. new[] { 64L << 10, 1L << 20, 8L << 20, 25L << 20 }.Select(size => (size, Sum(size)))]
        );
        var share = reached.Bandwidth * 8 / Reference;
        Console.WriteLine(
            $"over 1 Gb/s sums reach {reached.Bandwidth * 8 / 1e6:F0} Mb/s, {share:P0} of it, with {reached.Latency * 1e6:F0} us of latency"
        );

        var buckets = ReductionModel.Buckets(bytes);
        double Modelled(double rate) =>
            half + (reached with { Bandwidth = rate * share / 8 }).Open(2, buckets, half * Backward);
        var (low, high) = (1e6, 1e12);
        while (high / low > 1.001)
        {
            var middle = Math.Sqrt(low * high);
            (low, high) = Modelled(middle) > alone ? (middle, high) : (low, middle);
        }

        Console.WriteLine($"by the model two machines are as fast as one at {low / 1e6:F0} Mb/s");
        Console.WriteLine($"{"Mb/s", 8} {"model", 10} {"measured", 10} {"one", 10}");
        var measured = new List<(double Rate, double Seconds)>();
        foreach (var rate in Around.Select(factor => factor * low))
        {
            LimitedLink.Limit(rate);
            measured.Add((rate, Time(Steps, model, batch)));
            Console.WriteLine(
                $"{rate / 1e6, 8:F0} {Modelled(rate), 8:F3} s {measured[^1].Seconds, 8:F3} s {alone, 8:F3} s"
            );
        }

        var found = Crossing(measured, alone);
        var off = found / low - 1;
        Console.WriteLine(
            double.IsNaN(found)
                ? "measured, two machines are as fast as one at none of these"
                : $"measured, at {found / 1e6:F0} Mb/s: {off:+0%;-0%;0%} beside what the model says"
        );
        return Math.Abs(off) <= Within;
    }

    // Where seconds over the logarithm of the speed, straight between two measurements, cross those of one machine.
    private static double Crossing(List<(double Rate, double Seconds)> measured, double alone)
    {
        for (var i = 1; i < measured.Count; i++)
        {
            var (slow, fast) = (measured[i - 1], measured[i]);
            if (slow.Seconds >= alone && fast.Seconds < alone)
            {
                var way = (slow.Seconds - alone) / (slow.Seconds - fast.Seconds);
                return slow.Rate * Math.Pow(fast.Rate / slow.Rate, way);
            }
        }

        return double.NaN;
    }

    private static SharedSpeed Step(ProcessGroup group, string model, int batch)
    {
        using var network = Models.Create(model);
        return SharedSteps.Time(network, [3, Side, Side], batch, Duration, group, default);
    }

    private static double Time(string part, string model, int batch)
    {
        var printed = LimitedLink.Start([part, model, batch.ToString(CultureInfo.InvariantCulture)]);
        return batch / JsonSerializer.Deserialize<SharedSpeed>(printed)!.ImagesPerSecond;
    }

    private static double Sum(long bytes) =>
        double.Parse(
            LimitedLink.Start([Sums, bytes.ToString(CultureInfo.InvariantCulture)]),
            CultureInfo.InvariantCulture
        );
}
