using TorchSharp;
using TResNet.Data;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Training;
using static TorchSharp.torch;

namespace TResNet.Tests.Training;

public sealed class MemoryTests
{
    [Fact]
    public void Two_hundred_steps_leave_nothing_behind()
    {
        using var net = SmallNets.Create();
        var train = FashionMnist.Load(FashionMnistSplit.Train).First(2000);
        var validation = FashionMnist.Load(FashionMnistSplit.Validation).First(100);
        var options = new TrainingOptions { Epochs = 5, BatchSize = 50 };
        new Trainer(net, train, validation, options with { Epochs = 1 }).Fit();
        var (tensors, memory) = Alive();
        var counts = new List<long>();
        var observer = new Observer<TrainingProgress>(report =>
        {
            if (report.Completed is null)
            {
                counts.Add(Tensor.TotalCount);
            }
        });

        new Trainer(net, train, validation, options).Fit(observer);

        var (tensorsAfter, memoryAfter) = Alive();
        Assert.Equal(200, counts.Count);

        // The first step makes the momentum; from then on nothing is added but the batches made ahead, of which an epoch's end has none.
        Assert.InRange(counts[^1], 0, counts[39]);
        Assert.All(counts, count => Assert.InRange(count, 0, counts[39] + 12));
        Assert.InRange(tensorsAfter, 0, tensors);
        Assert.InRange(memoryAfter - memory, long.MinValue, 64 << 20);
    }

    [Theory]
    [InlineData(ThroughputMode.Inference)]
    [InlineData(ThroughputMode.Training)]
    public void Measuring_leaves_no_tensors_behind(ThroughputMode mode)
    {
        using var net = SmallNets.Create();
        var options = new ThroughputOptions
        {
            Mode = mode,
            BatchSize = 2,
            Rounds = 3,
        };
        ThroughputProfiler.Measure(net, [1, 28, 28], options);
        var tensors = LiveTensors.Settled();

        ThroughputProfiler.Measure(net, [1, 28, 28], options);

        LiveTensors.AssertNoneBeyond(tensors);
    }

    private static (long Tensors, long ResidentBytes) Alive() => (LiveTensors.Settled(), Environment.WorkingSet);
}
