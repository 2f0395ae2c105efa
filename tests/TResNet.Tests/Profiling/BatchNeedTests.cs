using TResNet.Compute;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;
using TResNet.Tests.Training;
using TResNet.Training;

namespace TResNet.Tests.Profiling;

public sealed class BatchNeedTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("needs").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_sweep_tells_what_the_batch_needs_that_ended_it()
    {
        using var net = SmallNets.Create();

        var sweep = ThroughputSweep.Measure(
            net,
            [1, 28, 28],
            [1, 2, 4],
            new ThroughputOptions { WarmUp = 0, Rounds = 1 },
            memoryLimit: 1 << 20
        );

        Assert.Equal([4L, 1, 28, 28], sweep.Needed!.InputShape);
        Assert.Equal((ThroughputMode.Inference, Machine.Describe()), (sweep.Needed.Mode, sweep.Needed.Machine));
    }

    [Fact]
    public void It_is_refused_again_until_there_is_room()
    {
        Assert.Matches(
            @"^a batch of 3000 would take about [\d.]+ GiB, and [\d.]+ GiB are there$",
            Need(1L << 50).NoRoom()
        );
        Assert.Null(Need(1 << 20).NoRoom());
    }

    [Fact]
    public void The_newest_of_each_batch_is_kept_and_of_other_builds_nothing()
    {
        var store = new BatchNeedStore(folder);
        Assert.Empty(store.Load());

        store.Save(Need(1) with { Version = "an older build" });
        store.Save(Need(2));
        store.Save(Need(3) with { InputShape = [4000, 3, 32, 32] });
        store.Save(Need(4));
        File.AppendAllText(store.Path, "{\"model\": \n");

        Assert.Equal([(4000, 3L), (3000, 4L)], store.Load().Select(need => (need.BatchSize, need.Bytes)));
        Assert.Equal((ComputeType.BFloat16, "tresnet_nano"), (store.Load()[0].ComputeType, store.Load()[0].Model));
    }

    private static BatchNeed Need(long bytes) =>
        new()
        {
            Model = "tresnet_nano",
            InputShape = [3000, 3, 32, 32],
            Mode = ThroughputMode.Training,
            Optimized = false,
            ComputeType = ComputeType.BFloat16,
            Threads = 2,
            Machine = "a machine",
            Library = "libtorch",
            Version = "0.1.0",
            Bytes = bytes,
        };
}
