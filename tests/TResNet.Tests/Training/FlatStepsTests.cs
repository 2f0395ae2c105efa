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
        Backend.ToChannelsLast(network);
        network.train();
        using var optimizer = OptimizerFactory.Create(network, options);
        var step = new TrainingStep(network, options, optimizer, null, null, Placement.Of(network));
        using var images = randn(2, 3, side, side);
        using var labels = arange(2, dtype: ScalarType.Int64);
        void Run(int number) => step.Run(number, 1e-3, [(images, labels)], (loss, _, _) => Assert.Fail($"{loss}"));

        var before = (Tensors: 0L, Resident: 0L, Pool: (Taken: 0L, Waiting: 0L));
        for (var i = 1; i <= WarmUp + Steps; i++)
        {
            Run(i);
            if (i == WarmUp)
            {
                before = (Backend.LiveTensors, Environment.WorkingSet, Backend.Memory);
            }
        }

        Assert.Equal(before.Tensors, Backend.LiveTensors);
        // Every large tensor of a step lies where one of the step before lay: nothing more is asked of the system, and nothing more waits.
        Assert.Equal(before.Pool, Backend.Memory);
        // A step's activations and gradients are more than this; the rest of the process breathes too.
        Assert.InRange(Environment.WorkingSet - before.Resident, long.MinValue, 64 << 20);
    }

    [Fact]
    public void What_waits_is_bounded_counted_and_given_back()
    {
        Backend.ReleaseMemory();
        var before = Backend.Memory;
        Assert.Equal(0, before.Waiting);
        const long size = 40L << 20;
        using (var first = zeros(size / sizeof(float)))
        {
            using var second = zeros(size / sizeof(float));
            Assert.InRange(Backend.Memory.Taken - before.Taken, 2 * size, 2 * (size + (32 << 20)));
        }

        var waiting = Backend.Memory.Waiting;
        Assert.InRange(waiting, 2 * size, Backend.Memory.Taken);
        // The next tensors take what waits, in whatever sizes.
        var taken = Backend.Memory.Taken;
        for (var i = 1; i <= 20; i++)
        {
            using var part = zeros(size / sizeof(float) / i);
            Assert.Equal(taken, Backend.Memory.Taken);
        }

        Backend.ReleaseMemory();
        Assert.Equal((before.Taken, 0), Backend.Memory);
    }
}
