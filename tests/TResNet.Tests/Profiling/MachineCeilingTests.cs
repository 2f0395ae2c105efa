using TorchSharp;
using TResNet.Compute;
using TResNet.Profiling.Throughput;
using TResNet.Training;

namespace TResNet.Tests.Profiling;

public sealed class MachineCeilingTests
{
    [Theory]
    [InlineData("AMD EPYC, 2 cores, 23 GiB, Debian GNU/Linux 12, .NET 10.0.1", "AMD EPYC, 2 cores, 23 GiB")]
    [InlineData("a board of my own", "a board of my own")]
    public void An_update_makes_no_other_machine(string description, string hardware)
    {
        Assert.Equal(hardware, Machine.Hardware(description));
        Assert.StartsWith(Machine.Hardware(Machine.Describe()), Machine.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public void Its_rates_are_measured_on_the_threads_in_use()
    {
        var ceiling = MachineCeiling.Measure();

        Assert.Equal(ComputeType.Float32, ceiling.ComputeType);
        Assert.Equal(torch.get_num_threads(), ceiling.Threads);
        Assert.Equal("cpu", ceiling.Device);
        // A thousandth of the slowest machine that runs this, up to a thousand times the fastest.
        Assert.InRange(ceiling.MatrixProduct, 0.1, 1e6);
        Assert.InRange(ceiling.Convolution, 0.1, 1e6);
        Assert.Equal(Math.Max(ceiling.MatrixProduct, ceiling.Convolution), ceiling.Gigaflops);
    }

    [Fact]
    public void It_leaves_no_tensor_behind()
    {
        MachineCeiling.Measure(ComputeType.BFloat16);
        var before = LiveTensors.Settled();

        MachineCeiling.Measure(ComputeType.BFloat16);

        LiveTensors.AssertNoneBeyond(before);
    }

    [Fact]
    public void A_multiply_add_is_two_operations()
    {
        var ceiling = new MachineCeiling
        {
            ComputeType = ComputeType.Float32,
            Device = "cpu",
            Threads = 2,
            MatrixProduct = 390,
            Convolution = 400,
        };

        Assert.Equal(0.5, ceiling.Fraction(imagesPerSecond: 25, multiplyAdds: 4e9), 1e-12);
    }

    [Fact]
    public void A_precision_that_the_device_lacks_gives_one_sentence() =>
        Assert.Equal(
            "A CPU does not compute in float16; use bfloat16 there, or a GPU.",
            Assert.Throws<TResNetException>(() => MachineCeiling.Measure(ComputeType.Float16)).Message
        );
}
