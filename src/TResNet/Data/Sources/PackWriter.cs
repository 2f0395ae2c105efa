// A pack while it is made: under another name, with another beginning, and with a record before each image, so that a packing which was killed
// goes on behind the last image that is whole.

using System.Security.Cryptography;
using System.Text;
using TResNet.Files;

namespace TResNet.Data.Sources;

/// <summary>An image of a pack that is being made.</summary>
/// <param name="Name">What it was called before.</param>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Length">Its bytes; -1 where the image could not be read.</param>
/// <param name="Hash">The first eight bytes of their SHA-256.</param>
internal readonly record struct PackRecord(string Name, long Offset, int Length, ulong Hash)
{
    public const int Unreadable = -1;

    public bool IsReadable => Length != Unreadable;
}

/// <summary>Makes a pack, or goes on making it. Disposed before it is finished, it leaves what there is for the next one.</summary>
internal sealed class PackWriter : IDisposable
{
    private const string Ending = ".partial";
    private const int MostHeaderBytes = 1 << 16;

    private readonly string path;
    private readonly string partial;
    private readonly FileStream stream;
    private bool isEmpty = true;
    private bool isFinished;

    private PackWriter(string path)
    {
        this.path = path;
        partial = path + Ending;
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        stream = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16);
    }

    private static ReadOnlySpan<byte> Unfinished => "TRESPART"u8;

    /// <summary>Runs something that writes a pack.</summary>
    /// <exception cref="TResNetException">The disk refuses, or another process makes the same pack.</exception>
    public static void Use(string path, Action<PackWriter> use)
    {
        try
        {
            using var writer = new PackWriter(path);
            use(writer);
        }
        catch (Exception e) when (AtomicFile.IsRefusal(e))
        {
            throw new TResNetException(
                $"{path} could not be written ({AtomicFile.Reason(e)}): choose another place or make room.",
                e
            );
        }
    }

    /// <summary>Reads what an earlier packing has left.</summary>
    /// <param name="what">Says what is packed and how; what was left by another packing than that is thrown away.</param>
    /// <param name="identities">Of each image in their order, a number that differs once it has changed.</param>
    /// <returns>The records of the first images.</returns>
    public List<PackRecord> Resume(string what, IEnumerable<ulong> identities)
    {
        var records = new List<PackRecord>();
        byte[] start = [.. Unfinished, .. SHA256.HashData(Encoding.UTF8.GetBytes(what))];
        var found = new byte[start.Length];
        stream.Position = 0;
        if (
            stream.ReadAtLeast(found, found.Length, throwOnEndOfStream: false) == found.Length
            && found.AsSpan(Unfinished.Length).SequenceEqual(start.AsSpan(Unfinished.Length))
        )
        {
            // Stopped behind its end, it may call itself a pack already.
            stream.Position = 0;
            stream.Write(start);
            foreach (var identity in identities)
            {
                var end = stream.Position;
                if (ReadRecord(identity) is not { } record)
                {
                    stream.Position = end;
                    break;
                }

                records.Add(record);
            }

            stream.SetLength(stream.Position);
        }
        else
        {
            stream.SetLength(0);
            stream.Write(start);
        }

        isEmpty = records.Count == 0;
        return records;
    }

    /// <summary>Adds an image.</summary>
    /// <param name="identity">See <see cref="Resume"/>.</param>
    /// <param name="name">What it was called before.</param>
    /// <param name="image">Its bytes; null where it could not be read.</param>
    public PackRecord Append(ulong identity, string name, byte[]? image)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        writer.Write(identity);
        writer.Write(image?.Length ?? PackRecord.Unreadable);
        var hash = image is null ? 0 : PackFile.HashOf(image);
        writer.Write(hash);
        writer.Write(name);
        writer.Flush();
        var header = bytes.ToArray();
        stream.Write(BitConverter.GetBytes(header.Length));
        stream.Write(BitConverter.GetBytes(PackFile.HashOf(header)));
        stream.Write(header);
        var offset = stream.Position;
        stream.Write(image);
        isEmpty = false;
        return new PackRecord(name, offset, image?.Length ?? PackRecord.Unreadable, hash);
    }

    /// <summary>Ends the pack and gives it its name.</summary>
    public void Finish(PackIndex index)
    {
        stream.Write(PackFile.End(index, stream.Position));
        stream.Flush(flushToDisk: true);
        // Only now is it a pack.
        stream.Position = 0;
        stream.Write(PackFile.Magic);
        stream.Flush(flushToDisk: true);
        isFinished = true;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        try
        {
            stream.Dispose();
        }
        finally
        {
            if (isFinished)
            {
                File.Move(partial, path, overwrite: true);
            }
            else if (isEmpty)
            {
                File.Delete(partial);
            }
        }
    }

    /// <summary>The record at this place; null where there is no whole one of that image.</summary>
    private PackRecord? ReadRecord(ulong identity)
    {
        Span<byte> lead = stackalloc byte[sizeof(int) + sizeof(ulong)];
        if (stream.ReadAtLeast(lead, lead.Length, throwOnEndOfStream: false) < lead.Length)
        {
            return null;
        }

        var (length, check) = (BitConverter.ToInt32(lead), BitConverter.ToUInt64(lead[sizeof(int)..]));
        if (length is < 0 or > MostHeaderBytes || Read(length) is not { } header || PackFile.HashOf(header) != check)
        {
            return null;
        }

        using var reader = new BinaryReader(new MemoryStream(header), Encoding.UTF8);
        var (found, bytes, hash) = (reader.ReadUInt64(), reader.ReadInt32(), reader.ReadUInt64());
        var record = new PackRecord(reader.ReadString(), stream.Position, bytes, hash);
        return found == identity && (!record.IsReadable || (Read(bytes) is { } image && PackFile.HashOf(image) == hash))
            ? record
            : null;
    }

    private byte[]? Read(int length)
    {
        if (length < 0 || length > stream.Length - stream.Position)
        {
            return null;
        }

        var bytes = GC.AllocateUninitializedArray<byte>(length);
        stream.ReadExactly(bytes);
        return bytes;
    }
}
