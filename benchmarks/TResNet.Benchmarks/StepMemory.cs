using TResNet.Compute;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Benchmarks;

/// <summary>
/// What the C library has of the system's memory after many training steps, beside the same after the first few: each tensor of a step is to lie where
/// one of the step before lay.
/// </summary>
internal static class StepMemory
{
    private const int Batch = 8;
    private const int WarmUp = 20;
    private const int Steps = 60;

    // The C library puts a block where it fits, not always where it was.
    private const double Limit = 1.05;
    private const double Mega = 1e6;

    /// <summary>One network.</summary>
    public static Comparison Run(string title, string model)
    {
        using var scope = NewDisposeScope();
        HostMemory.Release();
        var options = new TrainingOptions { BatchSize = Batch, LearningRate = 1e-3 };
        using var network = Models.Create(model);
        MemoryFormat.ToChannelsLast(network);
        network.train();
        using var optimizer = OptimizerFactory.Create(network, options);
        var step = new TrainingStep(network, options, optimizer);
        var images = MemoryFormat.ToChannelsLast(rand([Batch, 3, 224, 224]));
        var labels = arange(Batch, dtype: ScalarType.Int64);
        double[] early = [After(1, WarmUp)];
        double[] late = [After(WarmUp + 1, WarmUp + Steps)];
        return new Comparison(
            $"memory after {WarmUp + Steps} training steps, {title}, batch {Batch}",
            "MB",
            late,
            early,
            $"after {WarmUp} steps",
            RatioLimit: Limit
        );

        double After(int first, int last)
        {
            for (var number = first; number <= last; number++)
            {
                step.Run(number, options.LearningRate, [(images, labels)]);
            }

            return HostMemory.Taken!.Value / Mega;
        }
    }
}
