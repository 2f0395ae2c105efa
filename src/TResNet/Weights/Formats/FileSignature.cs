using System.Text;
using TResNet.Files;

namespace TResNet.Weights.Formats;

/// <summary>What a file is that holds no weights, told by its first bytes: people download a page in place of a file, or take the wrong one.</summary>
internal static class FileSignature
{
    private const int Looked = 512;
    private const string Unpack = "unpack it, and give the file within";

    private static readonly (byte[] Begin, string Is)[] Kinds =
    [
        (
            [.. "version https://git-lfs"u8],
            "is a Git LFS pointer, a note in place of the file: fetch the file itself with 'git lfs pull'"
        ),
        (
            [0x89, .. "HDF\r\n\x1a\n"u8],
            "is HDF5, as Keras writes it: its weights have other names and layouts, and are not read here"
        ),
        ([0x93, .. "NUMPY"u8], "is a NumPy array: make a dict of tensors in Python, and save it with torch.save"),
        ([.. "GGUF"u8], "is GGUF, a format for language models"),
        ([.. "OggS"u8], "is a recording"),
        ([0x1f, 0x8b], $"is compressed with gzip: {Unpack}"),
        ([.. "BZh"u8], $"is compressed with bzip2: {Unpack}"),
        ([0xfd, .. "7zXZ"u8], $"is compressed with xz: {Unpack}"),
        ([0x28, 0xb5, 0x2f, 0xfd], $"is compressed with Zstandard: {Unpack}"),
        ([.. "7z"u8, 0xbc, 0xaf], $"is a 7z archive: {Unpack}"),
        ([.. "Rar!"u8], $"is a RAR archive: {Unpack}"),
        ([0xff, 0xd8, 0xff], "is a JPEG image"),
        ([0x89, .. "PNG"u8], "is a PNG image"),
        ([.. "%PDF"u8], "is a PDF document"),
        ([0x7f, .. "ELF"u8], "is a program or library"),
        ([.. "PACK"u8], "is a Git pack"),
    ];

    /// <summary>What the file is, and what to do about it, to follow its name in a sentence; null where its first bytes say nothing.</summary>
    internal static string? Of(FileBytes file)
    {
        var first = new byte[Math.Min(file.Length, Looked)];
        file.Read(0, first);
        foreach (var (begin, kind) in Kinds)
        {
            if (first.AsSpan().StartsWith(begin))
            {
                return kind;
            }
        }

        return OfText(first) ?? OfTar(first) ?? OfName(file.Path, first);
    }

    private static string? OfText(byte[] first)
    {
        var text = Encoding.UTF8.GetString(first).TrimStart('\ufeff', ' ', '\t', '\r', '\n');
        if (
            text.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<html", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<head", StringComparison.OrdinalIgnoreCase)
        )
        {
            return "is a web page, not the file that its link leads to: download the file itself (the raw file, after signing in where it is asked for)";
        }

        if (text.StartsWith('<'))
        {
            return "is XML, such as a server's message that the file is not there: download it again and look at it";
        }

        if (text.StartsWith('{') && text.Contains("weight_map", StringComparison.Ordinal))
        {
            return "is the index of a checkpoint in several files: put them together in Python, and save one with torch.save";
        }

        return text.StartsWith('{') || text.StartsWith('[')
            ? "is JSON, such as a configuration or a server's message: give the file of weights beside it"
            : null;
    }

    private static string? OfTar(byte[] first)
    {
        const int magic = 257;
        return first.Length > magic + 5 && first.AsSpan(magic, 5).SequenceEqual("ustar"u8)
            ? $"is a tar archive: {Unpack}"
            : null;
    }

    /// <summary>Formats without a mark of their own, of which only the first byte is known.</summary>
    private static string? OfName(string path, byte[] first)
    {
        const byte pickle = 0x80;
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".pb" or ".index" or ".h5" or ".keras" or ".tflite" =>
                "is a TensorFlow model: its weights have other names and layouts, and are not read here",
            ".data-00000-of-00001" => "is a part of a TensorFlow checkpoint, which is not read here",
            ".msgpack" => "is a Flax checkpoint: its weights have other names and layouts, and are not read here",
            _ when first.Length > 7 && first.AsSpan(4, 4).SequenceEqual("TFL3"u8) =>
                "is a TensorFlow Lite model, which is not read here",
            _ when first is [pickle, <= 5, ..] =>
                "is a pickle that torch.save did not write: load it in Python where you trust it, and save a dict of tensors with torch.save",
            _ => null,
        };
    }
}
