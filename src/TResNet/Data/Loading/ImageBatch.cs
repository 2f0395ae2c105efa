using static TorchSharp.torch;

namespace TResNet.Data.Loading;

/// <summary>Images that a network is given at once, and which images of the data set they are.</summary>
/// <param name="images">Images <c>[N, C, H, W]</c>, float32, on the CPU.</param>
/// <param name="labels">Labels <c>[N]</c>, int64, or shares <c>[N, classes]</c>, float32.</param>
/// <param name="indices">The place of each in the data set.</param>
public sealed class ImageBatch(Tensor images, Tensor labels, IReadOnlyList<int> indices) : IDisposable
{
    private Action? release;

    internal ImageBatch(Tensor images, Tensor labels, IReadOnlyList<int> indices, Action release)
        : this(images, labels, indices) => this.release = release;

    /// <summary>Images <c>[N, C, H, W]</c>, float32, on the CPU; none at all where every one was damaged.</summary>
    public Tensor Images => images;

    /// <summary>Labels <c>[N]</c>, int64, or shares <c>[N, classes]</c>, float32.</summary>
    public Tensor Labels => labels;

    /// <summary>The place of each row in the data set: fewer than were asked for where images are damaged.</summary>
    public IReadOnlyList<int> Indices => indices;

    /// <summary>The number of images.</summary>
    public int Count => indices.Count;

    /// <summary>The batch in memory that a GPU copies from by itself. It takes this one over.</summary>
    internal ImageBatch Pinned() => new(images.pin_memory(), labels.pin_memory(), indices, Dispose);

    /// <summary>Frees the tensors, whose memory later batches may be written on.</summary>
    public void Dispose()
    {
        images.Dispose();
        labels.Dispose();
        Interlocked.Exchange(ref release, null)?.Invoke();
    }
}
