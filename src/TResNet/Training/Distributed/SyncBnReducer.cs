using TResNet.Compute.Distributed;
using TResNet.Kernels;
using static TorchSharp.torch;

namespace TResNet.Training.Distributed;

/// <summary>Makes the statistics of normalisations those of all processes' images, while it lives.</summary>
internal sealed class SyncBnReducer : IDisposable
{
    /// <summary>The fewest images, of all processes together, that there are statistics of.</summary>
    public const int Fewest = 2;

    private readonly ProcessGroup group;
    private bool hasImages = true;

    /// <param name="group">The processes.</param>
    public SyncBnReducer(ProcessGroup group)
    {
        this.group = group;
        SharedStatistics.Use(Add);
    }

    /// <summary>
    /// What goes through the network for a batch: all processes do so equally often, and one without images with an empty one that counts nothing.
    /// </summary>
    /// <param name="batch">This process's images and labels; there may be none.</param>
    public (Tensor Images, Tensor Labels) Fill((Tensor Images, Tensor Labels) batch)
    {
        hasImages = batch.Images.shape[0] > 0;
        return hasImages ? batch : (One(batch.Images), One(batch.Labels));
    }

    /// <inheritdoc/>
    public void Dispose() => SharedStatistics.Use(null);

    private static Tensor One(Tensor of)
    {
        long[] shape = [1, .. of.shape[1..]];
        return zeros(shape, of.dtype, of.device);
    }

    private void Add(Span<double> values, bool isBackward)
    {
        if (!hasImages)
        {
            values.Clear();
        }

        group.AllReduce(values, MpiChannel.Statistics);
        // What is not there gets no gradient from others either.
        if (!hasImages && isBackward)
        {
            values.Clear();
        }
    }
}
