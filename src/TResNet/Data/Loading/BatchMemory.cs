// Batches of photographs are tens of megabytes each: fresh pages and the collector's attention to them cost as much as decoding an image.

using static TorchSharp.torch;

namespace TResNet.Data.Loading;

/// <summary>Tensors that one batch after the other is written on. Safe from several threads.</summary>
/// <param name="pinned">Whether a GPU can copy from them by itself.</param>
internal sealed class BatchMemory(bool pinned = false) : IDisposable
{
    private readonly Lock lockValue = new();
    private readonly List<Tensor> spare = [];
    private bool isDisposed;

    /// <summary>A float32 tensor that holds anything.</summary>
    public Tensor Rent(long[] shape)
    {
        lock (lockValue)
        {
            var found = spare.FindIndex(tensor => tensor.shape.AsSpan().SequenceEqual(shape));
            if (found >= 0)
            {
                var tensor = spare[found];
                spare.RemoveAt(found);
                return tensor;
            }
        }

        var fresh = empty(shape, ScalarType.Float32);
        if (!pinned)
        {
            return fresh;
        }

        using (fresh)
        {
            return fresh.pin_memory();
        }
    }

    /// <summary>Takes a tensor back.</summary>
    public void Return(Tensor tensor)
    {
        lock (lockValue)
        {
            if (!isDisposed)
            {
                spare.Add(tensor);
                return;
            }
        }

        tensor.Dispose();
    }

    /// <summary>Frees what lies here; what comes back later is freed then.</summary>
    public void Dispose()
    {
        lock (lockValue)
        {
            isDisposed = true;
            spare.ForEach(tensor => tensor.Dispose());
            spare.Clear();
        }
    }
}
