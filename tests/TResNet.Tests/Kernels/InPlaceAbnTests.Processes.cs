using TorchSharp;
using TResNet.Compute;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Tests.Kernels;

// Statistics of several processes.
public sealed partial class InPlaceAbnTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Statistics_of_several_processes_are_those_of_all_their_images(int order)
    {
        // Two processes that see the same images have together the statistics of one; the unbiased variance counts twice as many values.
        using var scope = NewDisposeScope();
        var (x, dz) = (Ordered(randn([4, 5, 6, 6]), order), randn([4, 5, 6, 6]));
        var alone = Run(x, dz, randn(5), randn(5), Epsilon, "leaky_relu", 0.01, inPlace: true);
        SharedStatistics.Use(AddTheSame);
        try
        {
            var together = Run(x, dz, alone.Weight, alone.Bias, Epsilon, "leaky_relu", 0.01, inPlace: true);
            Assert.True(alone.Result.allclose(together.Result, 1e-5, 1e-6));
            Assert.True(alone.Dx.allclose(together.Dx * 1, 1e-4, 1e-6));
            Assert.True(alone.DWeight.allclose(together.DWeight, 1e-5, 1e-6));
            Assert.True(alone.RunningMean.allclose(together.RunningMean, 1e-5, 1e-6));
            Assert.False(alone.RunningVar.allclose(together.RunningVar, 1e-5, 1e-6));
        }
        finally
        {
            SharedStatistics.Use(null);
        }
    }

    // Each thread is a process with images of its own, as many as it likes; they meet where sums are added.
    [Theory]
    [InlineData(0, "leaky_relu")]
    [InlineData(2, "leaky_relu")]
    [InlineData(0, "elu")]
    [InlineData(2, "identity")]
    public void Two_processes_with_parts_of_a_batch_compute_what_one_computes_with_all_of_it(
        int order,
        string activation
    )
    {
        using var scope = NewDisposeScope();
        manual_seed(6);
        var (x, dz) = (Ordered(randn([5, 6, 7, 7]) + 0.5, order), randn([5, 6, 7, 7]));
        // The weight of a channel that keeps its input is among them.
        var (weight, bias) = (tensor([1f, -2, 0, 1e-9f, 0.3f, 1]), tensor([0f, 1, 0.5f, -1, 0.2f, -3]));
        var whole = Run(x, dz, weight, bias, Epsilon, activation, 0.01, inPlace: true);
        var parts = SeveralProcesses.Run(
            2,
            rank =>
            {
                var (from, to) = rank == 0 ? (0, 2) : (2, 5);
                return Run(
                    Ordered(x[from..to], order),
                    dz[from..to],
                    weight,
                    bias,
                    Epsilon,
                    activation,
                    0.01,
                    inPlace: true
                );
            }
        );

        Assert.True(whole.Result.allclose(cat([parts[0].Result, parts[1].Result]), 1e-5, 1e-5));
        Assert.True(whole.Dx.allclose(cat([parts[0].Dx, parts[1].Dx]), 1e-4, 1e-5));
        // Of the parameters, each has its part.
        Assert.True(whole.DWeight.allclose(parts[0].DWeight + parts[1].DWeight, 1e-4, 1e-4));
        Assert.True(whole.DBias.allclose(parts[0].DBias + parts[1].DBias, 1e-4, 1e-4));
        foreach (var part in parts)
        {
            Assert.True(whole.RunningMean.allclose(part.RunningMean, 1e-5, 1e-6));
            Assert.True(whole.RunningVar.allclose(part.RunningVar, 1e-5, 1e-6));
        }
    }

    [Fact]
    public void Statistics_that_do_not_come_fail_the_forward()
    {
        using var scope = NewDisposeScope();
        SharedStatistics.Use((_, _) => throw new IOException());
        try
        {
            Assert.Throws<IOException>(() => Call(randn([2, 3]), ones(3), zeros(3), null, null, null, "elu", 0));
        }
        finally
        {
            SharedStatistics.Use(null);
        }
    }

    private static void AddTheSame(Span<double> values, bool isBackward)
    {
        foreach (ref var value in values)
        {
            value *= 2;
        }
    }
}
