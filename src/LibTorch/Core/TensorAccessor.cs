using System.Collections;
using TorchSharp.Interop;

namespace TorchSharp.Utils;

/// <summary>The elements of a tensor, in row-major order.</summary>
/// <typeparam name="T">Their C# type.</typeparam>
public sealed class TensorAccessor<T> : IEnumerable<T>, IDisposable
    where T : unmanaged
{
    private readonly torch.Tensor tensor;
    private readonly long[] shape;
    private readonly nint pointer;

    internal TensorAccessor(torch.Tensor source)
    {
        // Strided or on a GPU: what is read is a copy.
        tensor =
            source.device_type == DeviceType.CPU && source.is_contiguous()
                ? source
                : source.detach().cpu().contiguous().DetachFromDisposeScope();
        shape = tensor.shape;
        Count = tensor.numel();
        pointer = Count == 0 ? 0 : tensor.DataPointer;
    }

    /// <summary>The number of elements.</summary>
    public long Count { get; }

    /// <summary>The element at a row-major index.</summary>
    public unsafe T this[long index]
    {
        get
        {
            var value = ((T*)pointer)[Checked(index)];
            GC.KeepAlive(this);
            return value;
        }
        set
        {
            ((T*)pointer)[Checked(index)] = value;
            GC.KeepAlive(this);
        }
    }

    /// <summary>The element at a row-major index, or at one index for each dimension.</summary>
    public T this[params long[] indices]
    {
        get => this[Flatten(indices)];
        set => this[Flatten(indices)] = value;
    }

    /// <summary>A copy of all elements.</summary>
    public T[] ToArray()
    {
        var result = new T[Count];
        CopyTo(result);
        return result;
    }

    /// <summary>Copies all elements to an array.</summary>
    public unsafe void CopyTo(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        new ReadOnlySpan<T>((T*)pointer + tensorIndex, checked((int)(Count - tensorIndex))).CopyTo(
            array.AsSpan(arrayIndex)
        );
        GC.KeepAlive(this);
    }

    /// <summary>Copies an array into the tensor.</summary>
    public unsafe void CopyFrom(T[] array, int arrayIndex = 0, long tensorIndex = 0)
    {
        array.AsSpan(arrayIndex).CopyTo(new Span<T>((T*)pointer + tensorIndex, checked((int)(Count - tensorIndex))));
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        for (var i = 0L; i < Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Nothing to free: the tensor stays its owner's.</summary>
    public void Dispose() => GC.KeepAlive(tensor);

    private long Checked(long index) =>
        (ulong)index < (ulong)Count
            ? index
            : throw new ArgumentOutOfRangeException(nameof(index), index, $"The tensor has {Count} elements.");

    private long Flatten(long[] indices)
    {
        if (indices.Length == 1)
        {
            return indices[0];
        }

        if (indices.Length != shape.Length)
        {
            throw new ArgumentException($"{indices.Length} indices were given for {shape.Length} dimensions.");
        }

        var flat = 0L;
        for (var i = 0; i < indices.Length; i++)
        {
            flat = (flat * shape[i]) + indices[i];
        }

        return flat;
    }
}
