using TResNet.Data;
using TResNet.Data.Loading;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>The batches of an epoch, made ahead by other threads, mirrored and shifted where the recipe asks for it.</summary>
internal sealed class TrainingBatches(
    ImageDataset data,
    Augmentation augmentation,
    IEnumerable<int[]> batches,
    int epoch,
    int workers,
    bool pinned,
    CancellationToken cancel
) : IDisposable
{
    private readonly BatchLoader loader = new(data, batches, epoch, workers, cancel, pinned);
    private IEnumerator<ImageBatch>? delivered;

    /// <summary>How long training has stood still for want of images, in this epoch.</summary>
    public TimeSpan Waited => loader.Waited;

    /// <summary>The next batches. Each is freed when the next one is asked for; one of which no image could be read is left out.</summary>
    public IEnumerable<(Tensor Images, Tensor Targets)> Take(int count)
    {
        delivered ??= loader.GetEnumerator();
        for (var i = 0; i < count && delivered.MoveNext(); i++)
        {
            var batch = delivered.Current;

            // A single image has no batch statistics to normalise with.
            if (batch.Count > 1)
            {
                using var scope = NewDisposeScope();
                yield return (augmentation.Apply(batch.Images, batch.Indices, epoch), batch.Labels);
            }
        }
    }

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
        delivered?.Dispose();
        loader.Dispose();
    }
}
