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

        var before = (Tensors: 0L, Resident: 0L);
        for (var i = 1; i <= WarmUp + Steps; i++)
        {
            Run(i);
            if (i == WarmUp)
            {
                before = (Backend.LiveTensors, Environment.WorkingSet);
            }
        }

        Assert.Equal(before.Tensors, Backend.LiveTensors);
        // A step's activations and gradients are more than this; the rest of the process breathes too.
        Assert.InRange(Environment.WorkingSet - before.Resident, long.MinValue, 64 << 20);
    }
}
