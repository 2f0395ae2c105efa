using System.Diagnostics;
using TResNet.Compute;
using TResNet.Compute.Distributed;
using TResNet.Profiling.Throughput;
using TResNet.Training.Distributed;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>How fast several processes train together.</summary>
/// <param name="Processes">How many there are.</param>
/// <param name="Threads">Threads of each.</param>
/// <param name="Steps">Steps that were timed.</param>
/// <param name="ImagesPerSecond">Images of all of them.</param>
/// <param name="Communication">The share of the time that the first one stands still for gradients on their way.</param>
/// <param name="Waiting">The share that it waits for a slower one.</param>
internal sealed record SharedSpeed(
    int Processes,
    int Threads,
    int Steps,
    double ImagesPerSecond,
    double Communication,
    double Waiting
);

/// <summary>Times the steps of a training whose batch is divided among processes.</summary>
internal static class SharedSteps
{
    private const int WarmUp = 3;
    private const int Fewest = 5;
    private const int Most = 1000;

    // So that weights stay where they are, more or less, however many steps there are.
    private const double LearningRate = 1e-6;

    /// <summary>Times steps.</summary>
    /// <param name="model">The network, the same on all processes; its weights move.</param>
    /// <param name="image">The shape of one image: [C, H, W].</param>
    /// <param name="batchSize">Images of a step, of all processes together.</param>
    /// <param name="duration">How long, about.</param>
    /// <param name="group">The processes.</param>
    /// <param name="cancel">Honoured between two steps, by all at the same one.</param>
    /// <exception cref="TResNetException">The batch leaves a process without images.</exception>
    public static SharedSpeed Time(
        nn.Module<Tensor, Tensor> model,
        IReadOnlyList<long> image,
        int batchSize,
        TimeSpan duration,
        ProcessGroup group,
        CancellationToken cancel
    )
    {
        BatchShare.Require(batchSize, group);
        Replicas.RequireAlike(group, Fingerprint.Of(model));
        var options = new TrainingOptions { BatchSize = batchSize, LearningRate = LearningRate };
        MemoryFormat.ToChannelsLast(model);
        model.train();
        using var stop = new AgreedStop(group, cancel);
        using var optimizer = OptimizerFactory.Create(model, options);
        var shape = new StepShape(1, SyncBn: false);
        using var exchange = group.IsShared ? new StepExchange(group, model, shape, stop) : null;
        var step = new TrainingStep(model, options, optimizer) { Exchange = exchange, Rank = group.Rank };
        var (start, end) = group.PartOf(batchSize);
        using var scope = NewDisposeScope();
        var batch = (ProfilingScope.Pattern([end - start, .. image]), zeros(end - start, ScalarType.Int64));
        var number = 0;
        Take(WarmUp);
        var once = Take(Fewest) / Fewest;
        var steps = (int)Math.Clamp(duration.TotalSeconds / once, Fewest, Most);
        var (communicated, waited) = (exchange?.Communicated ?? default, exchange?.Waited ?? default);
        var seconds = Take(steps);
        exchange?.Leave();
        return new SharedSpeed(
            group.Size,
            get_num_threads(),
            steps,
            steps * batchSize / seconds,
            ((exchange?.Communicated ?? default) - communicated).TotalSeconds / seconds,
            ((exchange?.Waited ?? default) - waited).TotalSeconds / seconds
        );

        // The same number for all: each takes as many steps as the slowest has time for.
        double Take(int count)
        {
            stop.Agree();
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                stop.Token.ThrowIfCancellationRequested();
                step.Run(++number, LearningRate, [batch]);
            }

            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            group.AllReduce(new Span<double>(ref seconds), operation: MpiOperation.Max);
            return seconds;
        }
    }
}
