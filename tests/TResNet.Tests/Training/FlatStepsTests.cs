using TResNet.Compute;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

/// <summary>What a step takes, it gives back.</summary>
public sealed class FlatStepsTests
{
    private const int WarmUp = 3;
    private const int Steps = 20;

    [Theory]
    [InlineData("resnet50", 32)]
    [InlineData("tresnet_m", 64)]
    [InlineData("tresnet_m+norm=inplace-abn", 64)]
    public void Twenty_steps_end_with_the_tensors_and_the_memory_that_they_began_with(string model, int side)
    {
        var options = new TrainingOptions { BatchSize = 2, LearningRate = 1e-3 };
        using var network = Models.Create(model, 10);
        MemoryFormat.ToChannelsLast(network);
        network.train();
        using var optimizer = OptimizerFactory.Create(network, options);
        var step = new TrainingStep(network, options, optimizer);
        using var images = randn(2, 3, side, side);
        using var labels = arange(2, dtype: ScalarType.Int64);
        void Run(int number) => step.Run(number, 1e-3, [(images, labels)]);

        var before = (Tensors: 0L, Resident: 0L, InUse: 0L);
        for (var i = 1; i <= WarmUp + Steps; i++)
        {
            Run(i);
            if (i == WarmUp)
            {
                before = (LiveTensors.Settled(), Environment.WorkingSet, UsedMemory.Settled());
            }
        }

        Assert.InRange(LiveTensors.Settled(), 0, before.Tensors);
        // No tensor of a step outlives it; a few megabytes are what the rest of the process may take meanwhile.
        UsedMemory.AssertGrown(before.InUse, long.MinValue, 8 << 20);
        // What twenty steps take is ten times as much; between blocks that others hold, some do not fit again.
        Assert.InRange(Environment.WorkingSet - before.Resident, long.MinValue, 512 << 20);
    }

    [Fact]
    public void What_waits_is_counted_and_given_back()
    {
        const long size = 40L << 20;
        const long rest = 8L << 20; // what the process's other threads may take and free meanwhile
        HostMemory.Release();
        var before = (InUse: UsedMemory.Settled(), Resident: Environment.WorkingSet);
        using (var first = zeros(size / sizeof(float)))
        {
            using var second = ones(size / sizeof(float));
            first.fill_(1);
            UsedMemory.AssertGrown(before.InUse, (2 * size) - rest, (2 * size) + rest);
        }

        Assert.InRange(HostMemory.Waiting!.Value, 2 * size, HostMemory.Taken!.Value);
        // The next tensors take what waits, in whatever sizes. (One as large may not fit, where a small block that others took lies behind it.)
        var taken = HostMemory.Taken!.Value;
        for (var i = 2; i <= 20; i++)
        {
            using var part = zeros(size / sizeof(float) / i);
        }

        // Each on blocks of its own would be 104 MiB.
        Assert.InRange(HostMemory.Taken!.Value, 0, taken + size);

        HostMemory.Release();
        Assert.InRange(Environment.WorkingSet - before.Resident, long.MinValue, size);
    }
}
