using TorchSharp;
using TResNet.Data.Loading;
using TResNet.Kernels;
using TResNet.Layers;
using TResNet.Training;
using TResNet.Training.Distributed;
using TResNet.Weights.Published;
using static TorchSharp.torch;

namespace TResNet.TestRanks;

// What processes have in common, and what they may not differ by.
internal sealed partial class Checks
{
    private void ProcessorsAreDivided()
    {
        Require(group.LocalRank == group.Rank, $"process {group.Rank} is number {group.LocalRank} of its machine");
        var (share, threads) = (Math.Max(1, Environment.ProcessorCount / group.Size), get_num_threads());
        Require(threads == share, $"{threads} threads in place of {share}");
        var workers = DataLoader.RequireWorkers(0);
        Require(workers == share, $"{workers} workers in place of {share}");
    }

    private void UnlikeProcesses()
    {
        using var net = TinyNets.ByImage();
        Refused(
            () => Fit(net, Images, Options with { LearningRate = group.IsFirst ? 0.1 : 0.2 }),
            "Process 1 has another LearningRate than process 0: 0.2 there, 0.1 here; start all with the same words"
        );
        Refused(
            () =>
                Fit(
                    net,
                    group.IsFirst ? Images : new TinyImages(Images.Count) { Names = ["a", "b", "c", "e"] },
                    Options
                ),
            "Process 1 has another digest of the classes, names and labels of training images than process 0: "
        );
        using var other = group.IsFirst ? TinyNets.ByImage() : TinyNets.ByBatch();
        Refused(() => Fit(other, Images, Options), "Process 1 has another digest of the layers than process 0: ");
    }

    // Each has trained by itself, for equally many steps.
    private void UnlikeStates()
    {
        using var net = TinyNets.ByImage(group.Rank + 1);
        var own = Path.Combine(folder, $"own-{group.Rank}");
        new Trainer(net, Images, Images, Options, RunFolder.New(own))
        {
            Group = Compute.Distributed.ProcessGroup.Alone,
        }.Fit();
        Refused(
            () =>
                new Trainer(net, Images, Images, Options with { Epochs = 2 }, RunFolder.Resume(own))
                {
                    Group = group,
                }.Fit(),
            "Process 1 has another state to go on from than process 0: state-"
        );
    }

    private void WhatIsNotShared()
    {
        using var net = TinyNets.ByBatch();
        SyncBnCheck.Require(true, net, CPU, group);
        Refused(
            () => SyncBnCheck.Require(true, net, new Device(DeviceType.CUDA, 0), group),
            "Statistics of all processes' images (--sync-bn) are for processors (the network is on cuda:0): leave "
        );
        using var half = TinyNets.ByImage();
        half.to(ScalarType.BFloat16);
        Refused(
            () => new GradientBuckets(group, half, overlaps: true).Dispose(),
            "Parameters of BFloat16 cannot be trained by several processes: take float32 weights, "
        );
    }

    private void BatchesAreCounted()
    {
        using var scope = NewDisposeScope();
        using var layer = new CoordinateAttention(16, 8);
        using var normalisations = new SyncBnReducer(group);
        layer.train();
        for (var batch = 0; batch < 2; batch++)
        {
            layer.call(rand(2, 16, 4, 4));
        }

        var counted = layer.state_dict()["bn1.num_batches_tracked"].item<long>();
        Require(counted == 2, $"{counted} batches counted");
    }

    // Nobody else computes meanwhile.
    private void TroubleOfOne()
    {
        using var scope = NewDisposeScope();
        using var net = TinyNets.ByBatch();
        net.train();
        using var normalisations = new SyncBnReducer(group);
        if (group.Rank == group.Size - 1)
        {
            using (no_grad())
            {
                net.get_parameter("fc.weight")!.fill_(double.PositiveInfinity);
            }

            var found = NonFiniteNumbers.FirstLayer(net, rand(3, 3, 8, 8, dtype: ScalarType.Float64));
            Require(found == "fc", $"the trouble is in {found}");
        }

        group.Barrier();
        Require(SharedStatistics.AreUsed, "statistics are shared no more");
    }

    private void DownloadForAll()
    {
        var store = new WeightStore(Path.Combine(folder, "cache"));
        var weights = new PublishedWeights("linear.test", 200, new Uri(server!), Sha256: null);
        var path = group.InTurns(() => store.FetchAsync(weights).GetAwaiter().GetResult());
        Require(File.Exists(path), path);
    }

    private void Fit(nn.Module<Tensor, Tensor> net, TinyImages images, TrainingOptions options) =>
        new Trainer(net, images, Images, options) { Group = group }.Fit();

    private static void Refused(Action action, string begins)
    {
        try
        {
            action();
        }
        catch (TResNetException refused)
        {
            Require(refused.Message.StartsWith(begins, StringComparison.Ordinal), refused.Message);
            return;
        }

        Require(false, $"nobody said: {begins}");
    }
}
