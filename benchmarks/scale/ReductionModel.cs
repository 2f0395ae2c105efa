// The two constants of R. W. Hockney, "The communication challenge for MPP", Parallel Computing 20 (1994), and the ring of P. Patarasuk, X. Yuan,
// "Bandwidth optimal all-reduce algorithms for clusters of workstations", J. Parallel Distrib. Comput. 69 (2009).
using TResNet.Training.Distributed;

namespace TResNet.Scale;

/// <summary>How long a sum over processes takes: each of 2 (p - 1) messages a latency, and each byte 2 (p - 1) / p times over the slowest way.</summary>
/// <param name="Latency">Seconds of a message without content.</param>
/// <param name="Bandwidth">Bytes a second.</param>
internal sealed record ReductionModel(double Latency, double Bandwidth)
{
    /// <summary>Finds the two constants of measurements, of which each counts by its relative error.</summary>
    /// <param name="processes">How many took part; at least 2.</param>
    /// <param name="measured">Bytes and seconds; at least two sizes.</param>
    public static ReductionModel Fit(int processes, IReadOnlyList<(long Bytes, double Seconds)> measured)
    {
        var (messages, ways) = Shape(processes);
        double aa = 0,
            ab = 0,
            bb = 0,
            ac = 0,
            bc = 0;
        foreach (var (bytes, seconds) in measured)
        {
            // seconds = messages * latency + ways * bytes / bandwidth, divided by what was measured.
            var (a, b) = (messages / seconds, ways * bytes / seconds);
            (aa, ab, bb, ac, bc) = (aa + a * a, ab + a * b, bb + b * b, ac + a, bc + b);
        }

        var determinant = aa * bb - ab * ab;
        var latency = (ac * bb - bc * ab) / determinant;
        var perByte = (aa * bc - ab * ac) / determinant;
        return new ReductionModel(Math.Max(0, latency), 1 / perByte);
    }

    /// <summary>How long a sum takes.</summary>
    /// <param name="processes">How many take part; alone it takes nothing.</param>
    /// <param name="bytes">Bytes of each.</param>
    public double Seconds(int processes, double bytes)
    {
        var (messages, ways) = Shape(processes);
        return messages * Latency + ways * bytes / Bandwidth;
    }

    /// <summary>The sums that so many bytes of gradients are divided into: 1 MiB, then 25 MiB, then what is left.</summary>
    public static IReadOnlyList<long> Buckets(long bytes)
    {
        var buckets = new List<long>();
        for (var size = GradientBuckets.FirstBytes; bytes > 0; size = GradientBuckets.OtherBytes)
        {
            buckets.Add(Math.Min(size, bytes));
            bytes -= buckets[^1];
        }

        return buckets;
    }

    /// <summary>Seconds of a step that exchanging adds, where sums hide behind backward. The last bucket is full when that ends.</summary>
    /// <param name="processes">How many; alone it takes nothing.</param>
    /// <param name="buckets">Bytes of each.</param>
    /// <param name="hidden">Seconds of a step that a sum may hide behind: those of backward.</param>
    public double Open(int processes, IReadOnlyList<long> buckets, double hidden) =>
        processes == 1
            ? 0
            : Math.Max(buckets.Sum(bytes => Seconds(processes, bytes)) - hidden, Seconds(processes, buckets[^1]));

    private static (double Messages, double Ways) Shape(int processes) =>
        (2.0 * (processes - 1), 2.0 * (processes - 1) / processes);
}
