// How fast memory is, as STREAM measures it (McCalpin, 1995): arrays far larger than any cache, the best of several passes, bytes that the program
// asks for. What the hardware reads before it writes is not counted.

using TResNet.Compute;
using static TorchSharp.torch;

namespace TResNet.Profiling.Throughput;

/// <summary>The rate at which a device reads and writes its memory.</summary>
internal sealed record MemoryBandwidth
{
    private const long Least = 64L << 20;
    private const long Largest = 256L << 20;

    // STREAM's rule for an array: so many times the last cache; of a machine that does not tell its own, that of most servers.
    private const int Caches = 4;
    private const long UsualCache = 32L << 20;

    // More processors than one such cache has: then there are several, and the rule is of all together.
    private const int MostWithOne = 16;
    private const int LeastPasses = 4;
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(300);

    /// <summary>The device: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Copying one array to another, in GB/s (billions of bytes).</summary>
    public required double Copy { get; init; }

    /// <summary>Adding one array to another, in GB/s.</summary>
    public required double Add { get; init; }

    /// <summary>The higher of the two rates, in GB/s.</summary>
    public double GigabytesPerSecond => Math.Max(Copy, Add);

    /// <summary>
    /// Measures for about a second, with two arrays of four times the processor's last cache, 64 to 256 MiB (on a GPU, and with more than 16 processors,
    /// 256 MiB), or of an eighth of the memory that is free.
    /// </summary>
    /// <param name="device">Where; null for the CPU.</param>
    public static MemoryBandwidth Measure(Device? device = null)
    {
        device ??= CPU;
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var hasOne = device.type == TorchSharp.DeviceType.CPU && Environment.ProcessorCount <= MostWithOne;
        var cache = hasOne ? Machine.LastCache() ?? UsualCache : Largest;
        var size = Math.Min(
            Math.Clamp(Caches * cache, Least, Largest),
            Math.Max(1 << 20, (Machine.AvailableMemory() ?? 8 * Largest) / 8)
        );
        var source = ones([size / sizeof(float)], ScalarType.Float32, device);
        var target = ones([size / sizeof(float)], ScalarType.Float32, device);
        return new MemoryBandwidth
        {
            Device = device.ToString(),
            Copy = Rate(2 * size, () => target.copy_(source).alias()),
            Add = Rate(3 * size, () => target.add_(source).alias()),
        };

        double Rate(long bytes, Func<Tensor> pass) => bytes / Clock.Best(pass, device, LeastPasses, Budget) / 1e9;
    }
}
