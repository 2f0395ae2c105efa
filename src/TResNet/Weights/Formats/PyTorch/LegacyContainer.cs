// torch.save's format before PyTorch 1.6: pickles of a magic number, a version, the machine, the content and the storages' keys, one after
// the other; then for each key its number of elements as an int64, and the elements.
using System.Buffers.Binary;
using TorchSharp;
using TResNet.Files;

namespace TResNet.Weights.Formats.PyTorch;

/// <summary>Opens a state dict in PyTorch's old format.</summary>
internal static class LegacyContainer
{
    private const long KnownVersion = 1001;

    /// <summary>The pickle of the magic number: protocol 2, a long of 10 bytes, the end.</summary>
    internal static ReadOnlySpan<byte> Magic =>
        [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.'];

    /// <summary>Reads the names and places of all tensors.</summary>
    /// <param name="file">Owned by the result.</param>
    /// <exception cref="TResNetException">It is truncated, corrupt, lies about sizes, or is no state dict.</exception>
    internal static PyTorchFile Open(FileBytes file)
    {
        var input = new PickleInput(file, Magic.Length, Math.Min(file.Length, Magic.Length + Unpickler.MaxBytes));
        if (Unpickler.Load(file, input) is not KnownVersion)
        {
            throw file.Broken("it has a version that PyTorch never wrote");
        }

        if (
            Unpickler.Load(file, input) is PickleDict machine
            && machine.Any(m => m is { Key: "little_endian", Value: false })
        )
        {
            throw new TResNetException(
                $"{file.Path} was saved on a big-endian machine: save it again on the common kind."
            );
        }

        var described = new Dictionary<string, StorageReference>(StringComparer.Ordinal);
        var content = Unpickler.Load(file, input, described);
        if (Unpickler.Load(file, input) is not PickleList keys)
        {
            throw file.Broken("it has no list of storages");
        }

        var storages = new Dictionary<string, (long Start, long Bytes)>(StringComparer.Ordinal);
        var at = input.Position;
        Span<byte> count = stackalloc byte[sizeof(long)];
        foreach (var key in keys)
        {
            if (key is not string name || !described.TryGetValue(name, out var storage))
            {
                throw file.Broken("it lists a storage that nothing refers to");
            }

            file.Read(at, count);
            at += sizeof(long);
            var elements = BinaryPrimitives.ReadInt64LittleEndian(count);
            var size = storage.Type.ElementSize();
            if (elements < 0 || elements > (file.Length - at) / size || elements != storage.Count)
            {
                throw file.Broken(
                    $"its storage {FileText.Quote(name)} claims {elements} elements, which are not there"
                );
            }

            storages[name] = (at, elements * size);
            at += elements * size;
        }

        return PyTorchFile.Of(
            file,
            content,
            storage => storages.TryGetValue(storage.Key, out var place) ? place : null
        );
    }
}
