using TResNet.Files;

namespace TResNet.Weights.Formats.PyTorch;

/// <summary>A PyTorch state dict, opened for reading, whatever container its storages lie in.</summary>
internal sealed class PyTorchFile : ITensorFile
{
    private readonly FileBytes file;
    private readonly Dictionary<string, Placed> placed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TensorEntry> entries = new(StringComparer.Ordinal);
    private (string Name, byte[] Bytes)? scattered;

    private PyTorchFile(FileBytes file, StateDict state)
    {
        this.file = file;
        Format = state.Under is null ? "PyTorch" : $"PyTorch, under '{state.Under}'";
        (Ignored, Metadata) = (state.Others, state.Metadata);
    }

    /// <inheritdoc/>
    public string Format { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, TensorEntry> Entries => entries;

    /// <inheritdoc/>
    public IReadOnlyList<string> Ignored { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Checks every tensor against the storage that it is said to lie in.</summary>
    /// <param name="file">Owned by the result.</param>
    /// <param name="content">What the pickle says.</param>
    /// <param name="storage">Gives the bytes of a storage: where they begin, and how many there are; null if there is none.</param>
    /// <exception cref="TResNetException">There is no state dict, or a tensor reaches beyond its storage.</exception>
    internal static PyTorchFile Of(
        FileBytes file,
        object? content,
        Func<StorageReference, (long Start, long Bytes)?> storage
    )
    {
        var state = StateDict.Find(file, content);
        var result = new PyTorchFile(file, state);
        foreach (var (name, tensor) in state.Tensors)
        {
            var entry = new TensorEntry(tensor.Storage.Type, tensor.Shape);
            var (start, bytes) =
                storage(tensor.Storage)
                ?? throw file.Broken(
                    $"{FileText.Quote(name)} lies in the storage {FileText.Quote(tensor.Storage.Key)}, which is not there"
                );
            if (!Fits(tensor, entry, bytes / entry.ElementSize))
            {
                throw file.Broken(
                    $"{FileText.Quote(name)} reaches beyond its storage, which has {bytes / entry.ElementSize} elements"
                );
            }

            result.entries.Add(name, entry);
            result.placed.Add(
                name,
                new Placed(start + ((tensor.Storage.Start + tensor.Offset) * entry.ElementSize), tensor.Strides)
            );
        }

        return result;
    }

    /// <inheritdoc/>
    public void Read(string name, long start, Span<byte> destination)
    {
        var (first, strides) = placed[name];
        if (IsRowMajor(entries[name], strides))
        {
            file.Read(first + start, destination);
            return;
        }

        if (scattered?.Name != name)
        {
            scattered = null;
            scattered = (name, Span(name));
        }

        Gather(scattered.Value.Bytes, entries[name], strides, start, destination);
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>
    /// True if every element is within the storage. A tensor with more elements than its storage is refused too: it repeats them, and a few
    /// bytes could claim any amount of memory.
    /// </summary>
    private static bool Fits(TensorReference tensor, TensorEntry entry, long count)
    {
        if (
            !entry.IsSensible
            || tensor.Strides.Length != tensor.Shape.Length
            || tensor.Offset < 0
            || tensor.Storage.Start < 0
            || tensor.Strides.Any(s => s < 0)
            || entry.Count > count
        )
        {
            return false;
        }

        if (entry.Count == 0)
        {
            return true;
        }

        var last = (Int128)tensor.Offset + tensor.Storage.Start;
        for (var i = 0; i < tensor.Shape.Length; i++)
        {
            last += (Int128)(tensor.Shape[i] - 1) * tensor.Strides[i];
        }

        return last < count;
    }

    private static bool IsRowMajor(TensorEntry entry, long[] strides)
    {
        var step = 1L;
        for (var i = strides.Length - 1; i >= 0; i--)
        {
            if (entry.Shape[i] != 1 && strides[i] != step && entry.Count > 0)
            {
                return false;
            }

            step *= entry.Shape[i];
        }

        return true;
    }

    /// <summary>All bytes from the first element to the last, of a tensor that lies otherwise (transposed, channels-last, a slice).</summary>
    private byte[] Span(string name)
    {
        var entry = entries[name];
        var (first, strides) = placed[name];
        var bytes = (entry.Shape.Zip(strides, (length, stride) => (length - 1) * stride).Sum() + 1) * entry.ElementSize;
        if (bytes > Array.MaxLength)
        {
            throw new TResNetException(
                $"{file.Path}: {FileText.Quote(name)} is not in row-major order and takes {bytes} bytes, more than can be reordered here: save it with .contiguous()."
            );
        }

        var result = new byte[bytes];
        file.Read(first, result);
        return result;
    }

    /// <summary>Picks elements in row-major order.</summary>
    private static void Gather(byte[] source, TensorEntry entry, long[] strides, long start, Span<byte> destination)
    {
        var size = entry.ElementSize;
        var index = new long[strides.Length];
        var from = 0L;
        var rest = start / size;
        for (var i = index.Length - 1; i >= 0; i--)
        {
            (rest, index[i]) = Math.DivRem(rest, entry.Shape[i]);
            from += index[i] * strides[i];
        }

        for (var to = 0; to < destination.Length; to += size)
        {
            source.AsSpan((int)from * size, size).CopyTo(destination[to..]);
            for (var i = index.Length - 1; i >= 0; i--)
            {
                from += strides[i];
                if (++index[i] < entry.Shape[i])
                {
                    break;
                }

                from -= index[i] * strides[i];
                index[i] = 0;
            }
        }
    }

    /// <summary>Where a tensor is: the byte of its first element in the file, and its strides in elements.</summary>
    private sealed record Placed(long First, long[] Strides);
}
