using TResNet.Data.Loading;
using TResNet.Training;

namespace TResNet.TestRanks;

// Losses that are no mean over images.
internal sealed partial class Checks
{
    private static readonly double[] Weights = [0.2, 1, 3, 5];

    // Each of the batches of a step by its own weights; of one, the last process can read nothing.
    private void WeightedMeans()
    {
        var batch = new BatchSampler(Images.Count, Options.BatchSize, Options.Seed).Epoch(1).ElementAt(4);
        var images = new TinyImages(Images.Count, [.. batch[(batch.Length * (group.Size - 1) / group.Size)..], 7]);
        var options = Options with { ClassWeights = Weights, GradAccumSteps = 2 };
        SameAsAlone(() => TinyNets.ByImage(), images, options);
        SameAsAlone(() => TinyNets.ByBatch(), images, options with { SyncBn = true });
    }

    private void Teachers()
    {
        using var teacher = TinyNets.ByImage(seed: 5);
        var options = Options with { ClassWeights = Weights, KdTemperature = 2, TaskLossWeight = 0.7 };
        SameAsAlone(() => TinyNets.ByImage(), Images, options with { DistillLossWeight = 0.6 }, teacher);
    }

    private void NothingKnown()
    {
        int[] batch = new BatchSampler(Images.Count, Options.BatchSize, Options.Seed).Epoch(1).ElementAt(3);
        var options = Options with { Loss = LossKind.BinaryCrossEntropy };
        SameAsAlone(
            () => TinyNets.ByImage(),
            new TinyUnknown(Images, batch),
            options,
            validation: new TinyUnknown(Images)
        );
    }
}
