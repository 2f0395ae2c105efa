// The roofline model: Williams, Waterman and Patterson, CACM 52(4), 2009. A layer is no faster than its arithmetic, nor than its bytes.

using System.Collections.Concurrent;
using TorchSharp;
using TResNet.Compute;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Profiling.Layers;

/// <summary>What bounds a machine: arithmetic above, memory to the left.</summary>
public sealed record Roofline
{
    private static readonly ConcurrentDictionary<(ComputeType, string, int), Roofline> Measured = new();

    internal Roofline(MachineCeiling ceiling, MemoryBandwidth bandwidth) => (Ceiling, Bandwidth) = (ceiling, bandwidth);

    /// <summary>The rate of arithmetic.</summary>
    internal MachineCeiling Ceiling { get; init; }

    /// <summary>The rate of memory.</summary>
    internal MemoryBandwidth Bandwidth { get; init; }

    /// <summary>The highest rate of arithmetic, in GFLOP/s; a multiply-add is two operations.</summary>
    public double Gigaflops => Ceiling.Gigaflops;

    /// <summary>The highest rate of memory, in GB/s.</summary>
    public double GigabytesPerSecond => Bandwidth.GigabytesPerSecond;

    /// <summary>The machine's, measured once in a process for each precision, device and number of threads; the first time takes some seconds.</summary>
    /// <param name="computeType">What is computed in.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <exception cref="TResNetException">The device does not compute in this precision.</exception>
    internal static Roofline Of(ComputeType computeType = ComputeType.Float32, Device? device = null)
    {
        var place = device ?? CPU;
        return Measured.GetOrAdd(KeyOf(computeType, place), _ => Measure(computeType, place));
    }

    /// <summary>Measures once more, and keeps the higher rates: for where a network was quicker, as the machine was busy the first time.</summary>
    /// <inheritdoc cref="Of"/>
    internal static Roofline Again(ComputeType computeType, Device device) =>
        Measured.AddOrUpdate(
            KeyOf(computeType, device),
            _ => Measure(computeType, device),
            (_, before) => before.Higher(Measure(computeType, device))
        );

    /// <summary>The higher rates of two measurements.</summary>
    internal Roofline Higher(Roofline other) =>
        new(
            other.Ceiling.Gigaflops > Ceiling.Gigaflops ? other.Ceiling : Ceiling,
            other.Bandwidth.GigabytesPerSecond > Bandwidth.GigabytesPerSecond ? other.Bandwidth : Bandwidth
        );

    /// <summary>The operations a byte from which on arithmetic is the bound.</summary>
    public double Ridge => Ceiling.Gigaflops / Bandwidth.GigabytesPerSecond;

    /// <summary>The highest rate that work of an intensity can have, in GFLOP/s.</summary>
    /// <param name="intensity">Operations a byte.</param>
    public double Attainable(double intensity) => Math.Min(Ceiling.Gigaflops, intensity * Bandwidth.GigabytesPerSecond);

    /// <summary>Whether memory is the bound of work, and not arithmetic.</summary>
    /// <param name="work">Operations and bytes.</param>
    internal bool IsBoundByMemory(Work work) => work.Intensity < Ridge;

    /// <summary>The time that work takes at the roof, in seconds.</summary>
    /// <param name="work">Operations and bytes.</param>
    internal double LeastSeconds(Work work) =>
        Math.Max(work.Operations / Ceiling.Gigaflops, work.Bytes / Bandwidth.GigabytesPerSecond) / 1e9;

    private static (ComputeType, string, int) KeyOf(ComputeType computeType, Device device) =>
        (computeType, device.ToString(), torch.get_num_threads());

    private static Roofline Measure(ComputeType computeType, Device device) =>
        new(MachineCeiling.Measure(computeType, device), MemoryBandwidth.Measure(device));
}
