using System.Security.Cryptography;
using TorchSharp;
using TResNet.Compute;
using TResNet.Compute.Distributed;
using TResNet.Data.Loading;
using TResNet.Evaluation;
using TResNet.Training;
using TResNet.Training.Distributed;
using static TorchSharp.torch;

namespace TResNet.TestRanks;

/// <summary>What is checked, by name.</summary>
internal sealed partial class Checks(ProcessGroup group, string folder, string? server)
{
    private const double Close = 1e-6;

    // 20 steps in an epoch, and a batch that no number of processes divides.
    private static readonly TrainingOptions Options = new()
    {
        Epochs = 1,
        BatchSize = 13,
        LearningRate = 0.05,
        Workers = 1,
    };

    private static readonly TinyImages Images = new(265);

    public static IEnumerable<(string Name, Action Check)> Of(ProcessGroup group, string[] args)
    {
        var checks = new Checks(group, args[1], args.ElementAtOrDefault(2));
        return args[0] switch
        {
            "all" => checks.All(),
            "several" => checks.Several(),
            "stop" => checks.Several().Append(("stopped together", checks.StopsTogether)),
            "resume" => [("resumed with another number", checks.GoesOn)],
            _ => throw new ArgumentException(args[0]),
        };
    }

    private IEnumerable<(string, Action)> Several() =>
        [
            ("processors are divided", ProcessorsAreDivided),
            ("shared statistics are those of one process", SharedStatisticsAreThoseOfOne),
            ("unreadable images", UnreadableImages),
            ("small evaluations", SmallEvaluations),
        ];

    private IEnumerable<(string, Action)> All() =>
        [
            .. Several(),
            ("weighted means are those of one process", WeightedMeans),
            ("teachers count by images", Teachers),
            ("steps of which nothing is known", NothingKnown),
            ("without statistics of the batch", WithoutStatistics),
            ("own statistics are averaged", OwnStatistics),
            ("buckets start early", BucketsStartEarly),
            ("unlike processes", UnlikeProcesses),
            ("unlike states", UnlikeStates),
            ("what is not shared is refused", WhatIsNotShared),
            ("batches are counted", BatchesAreCounted),
            ("trouble of one process", TroubleOfOne),
            ("a download for all", DownloadForAll),
        ];

    private void SharedStatisticsAreThoseOfOne() =>
        SameAsAlone(() => TinyNets.ByBatch(), Images, Options with { SyncBn = true });

    private void WithoutStatistics() =>
        SameAsAlone(() => TinyNets.ByImage(), Images, Options with { GradAccumSteps = 2, Epochs = 2 });

    // Gradients of each part's own statistics, averaged by hand.
    private void OwnStatistics()
    {
        var options = Options with { Momentum = 0, WeightDecay = 0, ClipGrad = 0 };
        using var shared = TinyNets.ByBatch();
        new Trainer(shared, Images, Images, options) { Group = group }.Fit();
        SameEverywhere(shared);
        using var own = TinyNets.ByBatch();
        own.train();
        MemoryFormat.ToChannelsLast(own);
        var order = new BatchSampler(Images.Count, options.BatchSize, options.Seed);
        var schedule = new LearningRateSchedule(options, order.StepsPerEpoch(1));
        var number = 0;
        foreach (var batch in order.Epoch(1))
        {
            using var scope = NewDisposeScope();
            var start = own.state_dict().ToDictionary(each => each.Key, each => each.Value.detach().clone());
            var sums = own.state_dict()
                .ToDictionary(each => each.Key, each => zeros_like(each.Value).to(ScalarType.Float64));
            for (var rank = 0; rank < group.Size; rank++)
            {
                using (no_grad())
                {
                    own.state_dict().ToList().ForEach(each => each.Value.copy_(start[each.Key]));
                }

                own.zero_grad();
                var part = batch[(batch.Length * rank / group.Size)..(batch.Length * (rank + 1) / group.Size)];
                var (images, labels) = Images.GetTrainingBatch(part, 1);
                Losses
                    .Of(own.call(MemoryFormat.ToChannelsLast(images.to(ScalarType.Float64))), labels, options, false)
                    .backward();
                var share = (double)part.Length / batch.Length;
                foreach (var (name, value) in own.state_dict())
                {
                    sums[name].add_(((value.requires_grad ? value.grad! : value) * share).detach());
                }
            }

            using var _ = no_grad();
            var rate = schedule.At(++number, []);
            foreach (var (name, value) in own.state_dict())
            {
                value.copy_(
                    value.requires_grad ? start[name] - sums[name] * rate
                    : value.is_floating_point() ? sums[name]
                    : sums[name].round()
                );
            }
        }

        Near(shared, own);
    }

    private void UnreadableImages()
    {
        var batch = new BatchSampler(Images.Count, Options.BatchSize, Options.Seed).Epoch(1).ElementAt(2);
        // All images of the last process in one step, one of the first in another.
        int[] damaged = [.. batch[(batch.Length * (group.Size - 1) / group.Size)..], 7];
        var images = new TinyImages(Images.Count, damaged);
        SameAsAlone(() => TinyNets.ByBatch(), images, Options with { SyncBn = true });
        SameAsAlone(() => TinyNets.ByImage(), images, Options);
        Require(images.Skipped!.Count == damaged.Length, $"{images.Skipped.Count} images skipped of {damaged.Length}");
        using var own = TinyNets.ByBatch();
        new Trainer(own, images, Images, Options) { Group = group }.Fit();
        SameEverywhere(own);
    }

    private void SmallEvaluations()
    {
        using var net = TinyNets.ByBatch();
        using var stop = new AgreedStop(group, default);
        foreach (var count in (int[])[1, 2, 3, 7, 50])
        {
            var images = new TinyImages(count, 1);
            var alone = Evaluator.Evaluate(net, images, 4, keepProbabilities: true);
            var shared = Evaluator.Evaluate(net, images, 4, group, stop, ComputeType.Float32, true);
            Require(
                alone.Images == shared.Images && alone.Top1 == shared.Top1,
                $"{shared.Images} images, {shared.Top1}"
            );
            Require(Math.Abs(alone.Loss - shared.Loss) < Close, $"loss {shared.Loss} for {alone.Loss}");
            Require(
                alone
                    .Predictions.Select(each => (each.Index, each.Label, each.Predicted, each.Rank))
                    .SequenceEqual(
                        shared.Predictions.Select(each => (each.Index, each.Label, each.Predicted, each.Rank))
                    ),
                "predictions"
            );
            Require(alone.AveragePrecisions!.SequenceEqual(shared.AveragePrecisions!), "average precisions");
        }
    }

    private void BucketsStartEarly()
    {
        SameAsAlone(() => TinyNets.Wide(), new TinyImages(52), Options with { LearningRate = 0.01 });
        using var net = TinyNets.Wide();
        using var stop = new AgreedStop(group, default);
        using var exchange = new StepExchange(group, net, new StepShape(2, SyncBn: false), stop);
        Require(exchange.Buckets.Overlaps, "no hooks");
        Require(exchange.Buckets.Count == 2, $"{exchange.Buckets.Count} buckets");
        exchange.Begin();
        for (var place = 0; place < 2; place++)
        {
            using var scope = NewDisposeScope();
            var (images, labels) = exchange.Take((randn(4, 3, 8, 8), zeros(4, ScalarType.Int64)), 4)!.Value;
            (nn.functional.cross_entropy(net.call(images), labels) * exchange.Share.Labels).backward();
            // What earlier batches of a step make waits for the last one.
            Require(exchange.Buckets.Started == (place == 0 ? 0 : 2), $"{exchange.Buckets.Started} started");
        }

        using var outer = NewDisposeScope();
        exchange.Finish(1);
        Require(outer.DisposablesCount == 0, $"a step leaves {outer.DisposablesCount} tensors");
    }

    // The signal comes to the last process alone.
    private void StopsTogether()
    {
        using var stop = new CancellationTokenSource();
        using var net = TinyNets.ByBatch();
        var run = new Trainer(net, Images, Images, Options with { SyncBn = true }, RunFolder.New(folder))
        {
            Group = group,
            Observers = [new StopAt(7, group.Rank == group.Size - 1 ? stop : null)],
        }.Fit(cancel: stop.Token);
        Require(run.Interrupted, "it went on");
        Require(run.Steps.Count is >= 7 and <= 9, $"{run.Steps.Count} steps");
        Require(group.Sum(run.Steps.Count) == group.Size * run.Steps.Count, "other numbers of steps");
        Require(Directory.GetFiles(folder, "state-*").Length == 1, "the number of states");
        SameEverywhere(net);
    }

    private void GoesOn()
    {
        using var net = TinyNets.ByBatch(group.Rank + 2);
        var options = Options with { SyncBn = true };
        var run = new Trainer(net, Images, Images, options, RunFolder.Resume(folder)) { Group = group }.Fit();
        Require(!run.Interrupted && run.Steps.Count == 20, $"{run.Steps.Count} steps");
        SameEverywhere(net);
        using var alone = TinyNets.ByBatch();
        new Trainer(alone, Images, Images, options) { Group = ProcessGroup.Alone }.Fit();
        Near(net, alone);
    }

    private void SameAsAlone(
        Func<nn.Module<Tensor, Tensor>> create,
        ImageDataset images,
        TrainingOptions options,
        nn.Module<Tensor, Tensor>? teacher = null,
        ImageDataset? validation = null
    )
    {
        validation ??= Images;
        using var shared = create();
        var together = new Trainer(shared, images, validation, options) { Group = group, Teacher = teacher }.Fit();
        SameEverywhere(shared);
        using var own = create();
        var alone = new Trainer(own, images, validation, options)
        {
            Group = ProcessGroup.Alone,
            Teacher = teacher,
        }.Fit();
        Near(shared, own);
        for (var step = 0; step < alone.Steps.Count; step++)
        {
            var (one, all) = (alone.Steps[step].Loss, together.Steps[step].Loss);
            Require(Math.Abs(one - all) < Close, $"the loss of step {step + 1} is {all} for {one}");
        }

        Require(alone.Epochs[^1].Top1 == together.Epochs[^1].Top1, "other accuracies");
    }

    private void SameEverywhere(nn.Module net)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var value in net.state_dict().Values)
        {
            using var contiguous = value.detach().contiguous();
            hash.AppendData(TensorMemory.Bytes(contiguous));
        }

        var all = group.AllGather(Convert.ToHexString(hash.GetHashAndReset()));
        Require(all.Distinct().Count() == 1, "the processes have different weights");
    }

    private static void Near(nn.Module shared, nn.Module alone)
    {
        foreach (var ((name, one), (_, other)) in shared.state_dict().Zip(alone.state_dict()))
        {
            using var scope = NewDisposeScope();
            var difference = (one.detach() - other.detach()).to(ScalarType.Float64).abs().max().item<double>();
            Require(difference < Close, $"{name} differs by {difference}");
        }
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private sealed class StopAt(int step, CancellationTokenSource? stop) : ITrainingObserver
    {
        public void StepDone(TrainingSession run)
        {
            if (run.Progress.Step == step)
            {
                stop?.Cancel();
            }
        }
    }
}
