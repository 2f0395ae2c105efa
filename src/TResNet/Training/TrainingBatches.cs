using TResNet.Compute;
using TResNet.Data.Loading;
using TResNet.Data.Transforms;
using static TorchSharp.torch;

namespace TResNet.Training;

/// <summary>The batches of an epoch, made ahead by other threads.</summary>
internal sealed class TrainingBatches(
    ImageDataset data,
    IEnumerable<int[]> batches,
    int epoch,
    TrainingOptions options,
    bool pinned,
    CancellationToken cancel,
    int fewest
) : IDisposable
{
    private readonly DataLoader loader = new(data, batches, epoch, options.Workers, cancel, pinned);
    private readonly RandomShift shift = new(options.Shift, options.Flip);
    private IEnumerator<ImageBatch>? delivered;

    /// <summary>The batches of a recipe, each epoch drawn as it says.</summary>
    /// <param name="model">The network that they are for.</param>
    /// <param name="data">The images, in the size of the epoch.</param>
    /// <param name="options">The recipe.</param>
    /// <param name="batches">Which places of the data make a batch.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="cancel">Ends the threads.</param>
    /// <param name="fewest">The fewest images of a batch that is trained on: a single one has no batch statistics of its own to normalise with.</param>
    public static TrainingBatches Of(
        nn.Module model,
        ImageDataset data,
        TrainingOptions options,
        IEnumerable<int[]> batches,
        int epoch,
        CancellationToken cancel,
        int fewest = 2
    ) =>
        new(
            options.BalancedSampling ? BalancedDraws.Of(data, options.Seed, epoch) : data,
            batches,
            epoch,
            options,
            Placement.Of(model).Pins,
            cancel,
            fewest
        );

    /// <summary>How long training has stood still for want of images, in this epoch.</summary>
    public TimeSpan Waited => loader.Waited;

    /// <summary>The next batches. Each is freed when the next one is asked for; one of which no image could be read is left out.</summary>
    public IEnumerable<(Tensor Images, Tensor Targets)> Take(int count)
    {
        delivered ??= loader.GetEnumerator();
        for (var i = 0; i < count && delivered.MoveNext(); i++)
        {
            var batch = delivered.Current;

            if (batch.Count >= fewest)
            {
                Shift(batch);
                yield return (batch.Images, batch.Labels);
            }
        }
    }

    // What runs that earlier versions began did to finished batches, and still do when they go on.
    private void Shift(ImageBatch batch)
    {
        if (shift.IsNone)
        {
            return;
        }

        var values = TensorMemory.Floats(batch.Images);
        var (height, width) = ((int)batch.Images.shape[2], (int)batch.Images.shape[3]);
        var size = values.Length / batch.Count;
        for (var row = 0; row < batch.Count; row++)
        {
            shift.Apply(values.Slice(row * size, size), height, width, options.Seed, epoch, batch.Indices[row]);
        }
    }

    /// <summary>Stops the threads.</summary>
    public void Dispose()
    {
        delivered?.Dispose();
        loader.Dispose();
    }
}
