// torch.save's zip format since PyTorch 1.6: NAME/data.pkl beside NAME/data/KEY for every storage, stored without compression.
using System.Text;
using TorchSharp;
using TResNet.Files;

namespace TResNet.Weights.Formats.PyTorch;

/// <summary>Opens a state dict in a zip file.</summary>
internal static class ZipContainer
{
    private const string Pickle = "/data.pkl";

    /// <summary>The first bytes of every such file.</summary>
    internal static ReadOnlySpan<byte> Magic => "PK\x03\x04"u8;

    /// <summary>Reads the names and places of all tensors, and compares the checksums.</summary>
    /// <param name="file">Owned by the result.</param>
    /// <exception cref="TResNetException">It is truncated or corrupt, lies about sizes, or is no state dict.</exception>
    internal static PyTorchFile Open(FileBytes file)
    {
        var entries = ZipDirectory.Read(file);
        var pickles = entries.Where(e => e.Key.EndsWith(Pickle, StringComparison.Ordinal)).ToArray();
        if (pickles is not [var (name, pickle)])
        {
            throw ForeignZip.Refusal(file, [.. entries.Keys], pickles.Length);
        }

        var root = name[..^Pickle.Length];
        if (
            entries.ContainsKey($"{root}/constants.pkl")
            || entries.Keys.Any(e => e.StartsWith($"{root}/code/", StringComparison.Ordinal))
        )
        {
            throw new TResNetException(
                $"{file.Path} is TorchScript, a whole program for torch.jit.load: weights come from torch.save(model.state_dict(), ...), in Python of torch.jit.load(...).state_dict(), or from Checkpoint.Save."
            );
        }

        pickle.MustBeStored(file, name);
        RefuseBigEndian(file, entries.GetValueOrDefault($"{root}/byteorder"));
        if (pickle.Size > Unpickler.MaxBytes)
        {
            throw new TResNetException(
                $"{file.Path} holds {pickle.Size} bytes beside its tensors, such as NumPy arrays, which is more than any state dict needs: save the state dict alone, with torch.save(model.state_dict(), ...)."
            );
        }

        // PyTorch can be told to write no checksums (torch.serialization.set_crc32_options); then none of them is right.
        var hasChecksums =
            pickle.IsWhole(file) || (entries.GetValueOrDefault($"{root}/version")?.IsWhole(file) ?? true);
        if (hasChecksums && !pickle.IsWhole(file))
        {
            throw file.Broken("the checksum of its table of tensors does not fit");
        }

        var content = Unpickler.Load(file, new PickleInput(file, pickle.Start, pickle.Start + pickle.Size));
        var whole = new HashSet<string>(StringComparer.Ordinal);
        return PyTorchFile.Of(file, content, Place);

        (long, long)? Place(StorageReference storage)
        {
            if (entries.GetValueOrDefault($"{root}/data/{storage.Key}") is not { } entry)
            {
                return null;
            }

            entry.MustBeStored(file, $"{root}/data/{storage.Key}");
            var size = storage.Type.ElementSize();
            if (entry.Size % size != 0 || entry.Size / size != storage.Count)
            {
                throw file.Broken(
                    $"its storage {FileText.Quote(storage.Key)} claims {storage.Count} elements of {size} bytes and has {entry.Size} bytes"
                );
            }

            if (hasChecksums && whole.Add(storage.Key) && !entry.IsWhole(file))
            {
                throw file.Broken($"the checksum of its storage {FileText.Quote(storage.Key)} does not fit");
            }

            return (entry.Start, entry.Size);
        }
    }

    private static void RefuseBigEndian(FileBytes file, ZipEntry? order)
    {
        const string big = "big";
        if (order?.Size == big.Length)
        {
            Span<byte> text = stackalloc byte[big.Length];
            file.Read(order.Start, text);
            if (text.SequenceEqual(Encoding.ASCII.GetBytes(big)))
            {
                throw new TResNetException(
                    $"{file.Path} was saved on a big-endian machine: save it again on the common kind."
                );
            }
        }
    }
}
