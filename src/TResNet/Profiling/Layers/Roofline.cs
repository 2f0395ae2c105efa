// The roofline model: Williams, Waterman and Patterson, CACM 52(4), 2009. A layer is no faster than its arithmetic, nor than its bytes.

using System.Collections.Concurrent;
using TResNet.Compute;
using TResNet.Profiling.Throughput;
using static TorchSharp.torch;

namespace TResNet.Profiling.Layers;

/// <summary>What bounds a machine: arithmetic above, memory to the left.</summary>
public sealed record Roofline
{
    private static readonly Measured<MachineCeiling> Ceilings = new(
        MachineCeiling.Measure,
        ceiling => ceiling.Gigaflops
    );

    // The same in every precision.
    private static readonly Measured<MemoryBandwidth> Bandwidths = new(
        (_, device) => MemoryBandwidth.Measure(device),
        bandwidth => bandwidth.GigabytesPerSecond
    );

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
    internal static Roofline Of(ComputeType computeType = ComputeType.Float32, Device? device = null) =>
        new(Ceilings.Of(computeType, device ?? CPU), Bandwidths.Of(ComputeType.Float32, device ?? CPU));

    /// <summary>Measures once more, and keeps the higher rates: for where a network was quicker, as the machine was busy the first time.</summary>
    /// <inheritdoc cref="Of"/>
    internal static Roofline Again(ComputeType computeType, Device device) =>
        new(Ceilings.Again(computeType, device), Bandwidths.Again(ComputeType.Float32, device));

    /// <summary>The rate of arithmetic alone, which takes a third of the time.</summary>
    /// <inheritdoc cref="Of"/>
    internal static MachineCeiling CeilingOf(ComputeType computeType, Device device) =>
        Ceilings.Of(computeType, device);

    /// <summary>The rate of arithmetic alone, measured once more.</summary>
    /// <inheritdoc cref="Again"/>
    internal static MachineCeiling CeilingAgain(ComputeType computeType, Device device) =>
        Ceilings.Again(computeType, device);

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

    /// <summary>A rate that is measured once in a process for each precision, device and number of threads.</summary>
    internal sealed class Measured<T>(Func<ComputeType, Device, T> measure, Func<T, double> rate)
    {
        private readonly ConcurrentDictionary<(ComputeType, string, int), T> known = new();

        public T Of(ComputeType computeType, Device device) =>
            known.GetOrAdd(KeyOf(computeType, device), _ => measure(computeType, device));

        public T Again(ComputeType computeType, Device device) =>
            known.AddOrUpdate(
                KeyOf(computeType, device),
                _ => measure(computeType, device),
                (_, before) => measure(computeType, device) is var now && rate(now) > rate(before) ? now : before
            );

        private static (ComputeType, string, int) KeyOf(ComputeType computeType, Device device) =>
            (computeType, device.ToString(), get_num_threads());
    }
}
