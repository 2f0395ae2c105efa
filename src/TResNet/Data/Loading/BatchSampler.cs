// Which images make which batch: decided by the seed and the epoch alone, so a run can be repeated, and resumed at any epoch.

using TResNet.Data.Transforms;

namespace TResNet.Data.Loading;

/// <summary>The batches of each epoch: all images in random order, cut into batches of one size. What is left over waits for another epoch.</summary>
internal sealed class BatchSampler
{
    private const ulong Purpose = 1;

    private readonly int count;
    private readonly int batchSize;
    private readonly long seed;
    private readonly double repeats;

    /// <summary>The order that one seed gives.</summary>
    /// <param name="count">Images.</param>
    /// <param name="batchSize">Images in a batch.</param>
    /// <param name="seed">Decides the order.</param>
    /// <param name="repeats">How often an image comes in a row (<see cref="Augmentations.AugRepeats"/>).</param>
    /// <exception cref="TResNetException">There are fewer images than a batch holds.</exception>
    public BatchSampler(int count, int batchSize, long seed, double repeats = 0)
    {
        if (batchSize > count)
        {
            throw new TResNetException(
                $"The batch size is {batchSize}, but there are {count} images to train on; choose a batch size of at most {count}."
            );
        }

        (this.count, this.batchSize, this.seed, this.repeats) = (count, batchSize, seed, repeats);
    }

    /// <summary>Batches in an epoch.</summary>
    public int BatchesPerEpoch => count / batchSize;

    /// <summary>Steps in an epoch, each of so many batches.</summary>
    /// <exception cref="TResNetException">There are fewer images than a step takes.</exception>
    public int StepsPerEpoch(int gradAccumSteps) =>
        BatchesPerEpoch >= gradAccumSteps
            ? BatchesPerEpoch / gradAccumSteps
            : throw new TResNetException(
                $"A step takes {gradAccumSteps} batches of {batchSize} images, but there are {count} images to train on; accumulate at most {BatchesPerEpoch} batches."
            );

    /// <summary>The image indices of each batch of one epoch; where images come again in a row, the number of images is added each time.</summary>
    public IEnumerable<int[]> Epoch(int epoch) =>
        repeats <= 1
            ? Batches(count, batchSize, shuffle: true, seed, epoch, dropLast: true)
            : Repeated(SplitMix64.For(seed, epoch, Purpose).Permutation(count)).Chunk(batchSize).Take(BatchesPerEpoch);

    // timm's RepeatAugSampler for one process: the order of an epoch with each image several times, as far as an epoch goes.
    private IEnumerable<int> Repeated(int[] order)
    {
        for (var (at, place, again) = (0, 0, 0); at < count; at++)
        {
            var next = (int)(at / repeats);
            (place, again) = (next, next == place && at > 0 ? again + 1 : 0);
            yield return checked(order[place] + again * count);
        }
    }

    /// <summary>The image indices of each batch of one epoch.</summary>
    /// <param name="count">Images.</param>
    /// <param name="batchSize">Images in a batch; at least 1.</param>
    /// <param name="shuffle">Whether the order is random.</param>
    /// <param name="seed">With the epoch, decides the order.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="dropLast">Whether images that do not fill a batch are left out.</param>
    /// <exception cref="TResNetException">The batch size is below 1.</exception>
    public static IEnumerable<int[]> Batches(
        int count,
        int batchSize,
        bool shuffle,
        long seed,
        int epoch,
        bool dropLast
    )
    {
        if (batchSize < 1)
        {
            throw new TResNetException(
                $"The batch size is {batchSize}, but it has to be at least 1; choose a larger one."
            );
        }

        var order = shuffle ? SplitMix64.For(seed, epoch, Purpose).Permutation(count) : Enumerable.Range(0, count);
        return order.Chunk(batchSize).Take(dropLast ? count / batchSize : int.MaxValue);
    }
}
