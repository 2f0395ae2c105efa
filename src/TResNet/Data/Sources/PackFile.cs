// One file for a data set: "TRESPACK", the JPEG files one behind the other, each behind a record of PackWriter's, an index, and at the end where the index is and what it hashes to.
// Numbers are little-endian; texts are UTF-8 with their length before them, as BinaryWriter has it. Each image carries eight bytes of its SHA-256.

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using TResNet.Files;

namespace TResNet.Data.Sources;

/// <summary>Where an image lies in a pack.</summary>
/// <param name="Name">What it was called before.</param>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Hash">The first eight bytes of their SHA-256.</param>
/// <param name="Labels">Its labels, ascending.</param>
/// <param name="Unknown">The labels of which nobody knows whether it has them, ascending.</param>
internal sealed record PackedImage(string Name, long Offset, int Length, ulong Hash, int[] Labels, int[] Unknown);

/// <summary>The index of a pack.</summary>
/// <param name="Name">The data set.</param>
/// <param name="Classes">The names of the classes.</param>
/// <param name="IsMultiLabel">Whether images may have several labels, or none.</param>
/// <param name="Train">The images to train on.</param>
/// <param name="Validation">The images to test on.</param>
/// <param name="Test">The images for the end; none in packs of version 1.</param>
internal sealed record PackIndex(
    string Name,
    string[] Classes,
    bool IsMultiLabel,
    PackedImage[] Train,
    PackedImage[] Validation,
    PackedImage[] Test
);

/// <summary>Reads and writes packs.</summary>
internal static class PackFile
{
    // With images for the end; without, what is written is read by all that read the first.
    private const int Version = 2;
    private const int HashBytes = 32;
    private const int FooterBytes = 8 + HashBytes + 8;

    /// <summary>The first eight bytes of a pack, and its last.</summary>
    public static ReadOnlySpan<byte> Magic => "TRESPACK"u8;

    /// <summary>Whether a file begins as a pack does.</summary>
    public static bool IsPack(string path)
    {
        if (!RegularFile.HasBytes(path))
        {
            return false;
        }

        try
        {
            using var file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[Magic.Length];
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
                && start.SequenceEqual(Magic);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What eight bytes of an image's hash are.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> image)
    {
        Span<byte> hash = stackalloc byte[HashBytes];
        SHA256.HashData(image, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>The end of a pack: its index, and where that is.</summary>
    /// <param name="index">The index.</param>
    /// <param name="offset">Where it is written to.</param>
    public static byte[] End(PackIndex index, long offset)
    {
        var bytes = Bytes(index);
        var footer = new byte[FooterBytes];
        BinaryPrimitives.WriteInt64LittleEndian(footer, offset);
        SHA256.HashData(bytes, footer.AsSpan(8));
        Magic.CopyTo(footer.AsSpan(8 + HashBytes));
        return [.. bytes, .. footer];
    }

    /// <summary>Reads the index of a pack.</summary>
    /// <exception cref="TResNetException">The file cannot be read, or is damaged.</exception>
    public static PackIndex Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var footer = new byte[FooterBytes];
            var end = file.Length - FooterBytes;
            if (end < Magic.Length)
            {
                throw Damaged(path, "it is too short");
            }

            file.Position = end;
            file.ReadExactly(footer);
            var start = BinaryPrimitives.ReadInt64LittleEndian(footer);
            if (!footer.AsSpan(8 + HashBytes).SequenceEqual(Magic))
            {
                throw Damaged(path, "its end is missing");
            }

            if (start < Magic.Length || start > end || end - start > Array.MaxLength)
            {
                throw Damaged(path, "its index is not where it should be");
            }

            var index = new byte[end - start];
            file.Position = start;
            file.ReadExactly(index);
            if (!SHA256.HashData(index).AsSpan().SequenceEqual(footer.AsSpan(8, HashBytes)))
            {
                throw Damaged(path, "its index has changed");
            }

            return Parse(index, path, start);
        }
        catch (Exception unreadable) when (unreadable is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TResNetException($"{path} does not exist; check the name.", unreadable);
        }
        catch (EndOfStreamException)
        {
            throw Damaged(path, "it ends too soon");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw ReadFailure.Of(path, unreadable);
        }
    }

    private static TResNetException Damaged(string path, string reason) =>
        new($"{path} is no whole pack of images ({reason}); pack or copy it again.");

    private static byte[] Bytes(PackIndex index)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(index.Test.Length > 0 ? Version : 1);
        writer.Write(index.Name);
        writer.Write(index.IsMultiLabel);
        writer.Write(index.Classes.Length);
        Array.ForEach(index.Classes, writer.Write);
        Part(index.Train);
        Part(index.Validation);
        if (index.Test.Length > 0)
        {
            Part(index.Test);
        }

        writer.Flush();
        return bytes.ToArray();

        void Part(PackedImage[] images)
        {
            writer.Write(images.Length);
            foreach (var image in images)
            {
                writer.Write(image.Name);
                writer.Write(image.Offset);
                writer.Write(image.Length);
                writer.Write(image.Hash);
                // Complements stand for unknown labels: who does not know them says so, and takes none for a label.
                writer.Write(image.Labels.Length + image.Unknown.Length);
                Array.ForEach(image.Labels, writer.Write);
                Array.ForEach(image.Unknown, label => writer.Write(~label));
            }
        }
    }

    // The index has hashed to what it should, but whoever wrote it may have lied: nothing is allocated by its word.
    private static PackIndex Parse(byte[] bytes, string path, long end)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        try
        {
            var version = reader.ReadInt32();
            if (version is < 1 or > Version)
            {
                throw new TResNetException(
                    $"{path} is a pack of version {version}, but only versions up to {Version} are read; pack the images again."
                );
            }

            var (name, isMultiLabel) = (reader.ReadString(), reader.ReadBoolean());
            string[] classes = [.. Many(reader.ReadString)];
            return new PackIndex(
                name,
                classes,
                isMultiLabel,
                [.. Many(Image)],
                [.. Many(Image)],
                version == 1 ? [] : [.. Many(Image)]
            );

            PackedImage Image()
            {
                var (name, offset, length) = (reader.ReadString(), reader.ReadInt64(), reader.ReadInt32());
                var (hash, labels) = (reader.ReadUInt64(), Many(reader.ReadInt32));
                var image = new PackedImage(
                    name,
                    offset,
                    length,
                    hash,
                    [.. labels.Where(label => label >= 0)],
                    [.. labels.Where(label => label < 0).Select(label => ~label)]
                );
                return
                    image.Offset >= Magic.Length
                    && image.Length >= 0
                    && image.Offset <= end - image.Length
                    && image.Labels.Concat(image.Unknown).All(label => (uint)label < (uint)classes.Length)
                    && (isMultiLabel || (image.Labels.Length == 1 && image.Unknown.Length == 0))
                    ? image
                    : throw Damaged(path, $"what it says of {image.Name} cannot be");
            }
        }
        catch (Exception broken) when (broken is EndOfStreamException or FormatException or ArgumentException)
        {
            throw Damaged(path, "its index makes no sense");
        }

        List<T> Many<T>(Func<T> read)
        {
            var count = reader.ReadInt32();
            var items = new List<T>();
            for (var i = 0; i < count; i++)
            {
                items.Add(read());
            }

            return items;
        }
    }
}
