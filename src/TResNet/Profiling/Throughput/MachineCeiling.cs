// What a machine can compute at most, as its own library shows it: the roof of a roofline (Williams et al., CACM 52(4), 2009). Measured, not
// looked up: clock rates under load, shared caches and the width that a processor runs its widest instructions at are on no data sheet.

using TResNet.Compute;
using TResNet.Profiling.Counting;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TResNet.Profiling.Throughput;

/// <summary>
/// The rates of two operators that are bound by arithmetic alone. Both are convolutions, since those go to oneDNN (to cuDNN on a GPU), and a
/// matrix product of libtorch may go to a BLAS that is many times slower.
/// </summary>
internal sealed record MachineCeiling
{
    // Enough work to be bound by arithmetic, little enough to fit second-level caches in pieces.
    private const int Images = 8;
    private const int Side = 28;
    private const int ProductChannels = 512;
    private const int ConvolutionChannels = 128;

    // One of 3 x 3 may be computed by Winograd's algorithm, with fewer multiplications than are counted.
    private const int Filter = 5;
    private const int LeastRounds = 5;
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(300);

    /// <summary>The type of the elements that are multiplied; sums are float32.</summary>
    public required ComputeType ComputeType { get; init; }

    /// <summary>The device: <c>cpu</c>, <c>cuda:0</c>.</summary>
    public required string Device { get; init; }

    /// <summary>Threads that shared an operator's work on the CPU.</summary>
    public required int Threads { get; init; }

    /// <summary>
    /// The best rate of a matrix product, in GFLOP/s (a multiply-add is two): [6272, 512] times [512, 512], as a convolution of 1 x 1.
    /// </summary>
    public required double MatrixProduct { get; init; }

    /// <summary>The best rate of a convolution of 5 x 5 with 128 channels on 8 x 28 x 28 pixels, in GFLOP/s.</summary>
    public required double Convolution { get; init; }

    /// <summary>The ceiling: the higher of the two rates, in GFLOP/s.</summary>
    public double Gigaflops => Math.Max(MatrixProduct, Convolution);

    /// <summary>Measures for about a second, on as many threads as operators use now (<c>torch.get_num_threads</c>).</summary>
    /// <param name="computeType">What to compute in.</param>
    /// <param name="device">Where; null for the CPU.</param>
    /// <exception cref="TResNetException">The device does not compute in this precision.</exception>
    public static MachineCeiling Measure(ComputeType computeType = ComputeType.Float32, Device? device = null)
    {
        device ??= CPU;
        computeType.Require(device);
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        return new MachineCeiling
        {
            ComputeType = computeType,
            Device = device.ToString(),
            Threads = get_num_threads(),
            MatrixProduct = Rate(ProductChannels, 1, computeType.TypeOf(), device),
            Convolution = Rate(ConvolutionChannels, Filter, computeType.TypeOf(), device),
        };
    }

    /// <summary>The share of the ceiling that a network reaches.</summary>
    /// <param name="imagesPerSecond">Images that go through it in a second.</param>
    /// <param name="multiplyAdds">Multiply-adds an image, as <see cref="ModelSummary"/> counts them; of a training step, three times as many.</param>
    /// <returns>0 to 1; above 1 where an algorithm multiplies less than it is counted with.</returns>
    public double Fraction(double imagesPerSecond, double multiplyAdds) =>
        imagesPerSecond * multiplyAdds * 2 / (Gigaflops * 1e9);

    private static double Rate(int channels, int filter, ScalarType type, Device device)
    {
        using var scope = NewDisposeScope();
        var images = MemoryFormat.ToChannelsLast(Pattern([Images, channels, Side, Side]).to(type, device));
        var weights = MemoryFormat.ToChannelsLast(Pattern([channels, channels, filter, filter]).to(type, device));
        long[] padding = [filter / 2, filter / 2];
        var operations = 2.0 * Images * Side * Side * channels * channels * filter * filter;
        Tensor Convolve() => functional.conv2d(images, weights, padding: padding);
        return operations / Clock.Best(Convolve, device, LeastRounds, Budget) / 1e9;
    }

    // Small, so that sums stay finite in float16.
    private static Tensor Pattern(long[] shape) => ProfilingScope.Pattern(shape).mul_(0.1f);
}
