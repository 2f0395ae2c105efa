// Which images make which batch: decided by the seed and the epoch alone, so a run can be repeated, and resumed at any epoch.

using TResNet.Data.Transforms;

namespace TResNet.Data.Loading;

/// <summary>The batches of each epoch: all images in random order, cut into batches of one size. What is left over waits for another epoch.</summary>
internal sealed class BatchOrder
{
    private const ulong Purpose = 1;

    private readonly int _count;
    private readonly int _batchSize;
    private readonly long _seed;

    /// <summary>The order that one seed gives.</summary>
    /// <param name="count">Images.</param>
    /// <param name="batchSize">Images in a batch.</param>
    /// <param name="seed">Decides the order.</param>
    /// <exception cref="TResNetException">There are fewer images than a batch holds.</exception>
    public BatchOrder(int count, int batchSize, long seed)
    {
        if (batchSize > count)
        {
            throw new TResNetException(
                $"The batch size is {batchSize}, but there are {count} images to train on; choose a batch size of at most {count}."
            );
        }

        (_count, _batchSize, _seed) = (count, batchSize, seed);
    }

    /// <summary>Batches in an epoch.</summary>
    public int Batches => _count / _batchSize;

    /// <summary>Steps in an epoch, each of so many batches.</summary>
    /// <exception cref="TResNetException">There are fewer images than a step takes.</exception>
    public int StepsPerEpoch(int gradAccumSteps) =>
        Batches >= gradAccumSteps
            ? Batches / gradAccumSteps
            : throw new TResNetException(
                $"A step takes {gradAccumSteps} batches of {_batchSize} images, but there are {_count} images to train on; accumulate at most {Batches} batches."
            );

    /// <summary>The image indices of each batch of one epoch.</summary>
    public IEnumerable<int[]> Epoch(int epoch) =>
        SplitMix64.For(_seed, epoch, Purpose).Permutation(_count).Chunk(_batchSize).Take(Batches);
}
