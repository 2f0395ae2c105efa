// Encoded photographs are often the collector's large objects, each of which brings a full collection nearer.

using System.Buffers;

namespace TResNet.Data.Images;

/// <summary>Where the bytes of one file lie until it is disposed: in an array that was another file's before.</summary>
internal sealed class FileMemory : IDisposable
{
    private byte[]? array;

    /// <summary>The memory for a file; asked for once.</summary>
    /// <param name="length">The length of the file in bytes.</param>
    public Memory<byte> Take(int length)
    {
        array = ArrayPool<byte>.Shared.Rent(length);
        return array.AsMemory(0, length);
    }

    /// <summary>Gives it to the next one: nobody may look at the file afterwards.</summary>
    public void Dispose()
    {
        if (array is not null)
        {
            ArrayPool<byte>.Shared.Return(array);
            array = null;
        }
    }
}
