// The zip format, PKWARE's APPNOTE.TXT 6.3: section 4.3.7 local header, 4.3.12 central directory, 4.3.14 to 4.3.16 its end (zip64 too).
using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace TResNet.Checkpoints.PyTorch;

/// <summary>A file within a zip file.</summary>
/// <param name="Start">Its first byte in the zip file.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Checksum">The CRC-32 that the zip file has for it.</param>
/// <param name="IsStored">False where it is compressed or encrypted.</param>
internal sealed record ZipEntry(long Start, long Size, uint Checksum, bool IsStored)
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Refuses what torch.save never writes, and what may unfold to any size.</summary>
    /// <exception cref="TResNetException">It is compressed or encrypted.</exception>
    internal void MustBeStored(FileBytes file, string name)
    {
        if (!IsStored)
        {
            throw new TResNetException(
                $"{file.Path} holds {FileText.Quote(name)} compressed or encrypted, which torch.save never does: save it again with torch.save."
            );
        }
    }

    /// <summary>True if the bytes have the checksum.</summary>
    internal bool IsWhole(FileBytes file)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(Size, ChunkBytes));
        var crc = Crc32.Start;
        for (var done = 0L; done < Size; done += buffer.Length)
        {
            var part = buffer.AsSpan(0, (int)Math.Min(buffer.Length, Size - done));
            file.Read(Start + done, part);
            crc = Crc32.Append(crc, part);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return Crc32.Finish(crc) == Checksum;
    }
}

/// <summary>
/// Reads a zip file's table of contents and takes nothing in it on trust: every place and size is compared with the file's.
/// </summary>
internal static class ZipDirectory
{
    private const uint LocalSignature = 0x04034b50;
    private const uint CentralSignature = 0x02014b50;
    private const uint EndSignature = 0x06054b50;
    private const uint End64Signature = 0x06064b50;
    private const uint Locator64Signature = 0x07064b50;
    private const int LocalBytes = 30;
    private const int CentralBytes = 46;
    private const int EndBytes = 22;
    private const int End64Bytes = 56;
    private const int Locator64Bytes = 20;
    private const int MaxDirectory = 64 << 20;
    private const ushort Zip64Extra = 1;

    /// <summary>The entries by name.</summary>
    /// <exception cref="TResNetException">The table is missing, broken or lying.</exception>
    internal static Dictionary<string, ZipEntry> Read(FileBytes file)
    {
        var (start, size) = Locate(file);
        if (start < 0 || size < 0 || size > MaxDirectory || start > file.Length - size)
        {
            throw file.Broken("its table of contents lies outside the file");
        }

        var directory = new byte[size];
        file.Read(start, directory);
        var entries = new Dictionary<string, ZipEntry>(StringComparer.Ordinal);
        for (var rest = directory.AsSpan(); rest.Length > 0; )
        {
            if (rest.Length < CentralBytes || UInt32(rest, 0) != CentralSignature)
            {
                throw file.Broken("its table of contents is damaged");
            }

            int nameLength = UInt16(rest, 28);
            int extraLength = UInt16(rest, 30);
            var length = CentralBytes + nameLength + extraLength + UInt16(rest, 32);
            if (length > rest.Length)
            {
                throw file.Broken("its table of contents is cut off");
            }

            var name = Encoding.UTF8.GetString(rest.Slice(CentralBytes, nameLength));
            var extra = rest.Slice(CentralBytes + nameLength, extraLength);
            if (!name.EndsWith('/') && !entries.TryAdd(name, Entry(file, name, rest, extra, start)))
            {
                throw file.Broken($"it holds {FileText.Quote(name)} twice");
            }

            rest = rest[length..];
        }

        return entries;
    }

    private static ZipEntry Entry(FileBytes file, string name, Span<byte> header, Span<byte> extra, long room)
    {
        const int encrypted = 1;
        var isStored = (UInt16(header, 8) & encrypted) == 0 && UInt16(header, 10) == 0;
        long compressed = UInt32(header, 20);
        long size = UInt32(header, 24);
        long at = UInt32(header, 42);
        Widen(file, extra, ref size, ref compressed, ref at);
        Span<byte> local = stackalloc byte[LocalBytes];
        if (size < 0 || compressed < 0 || (isStored && size != compressed) || at < 0 || at > room - LocalBytes)
        {
            throw file.Broken($"{FileText.Quote(name)} lies outside the file");
        }

        file.Read(at, local);
        var start = at + LocalBytes + UInt16(local, 26) + UInt16(local, 28);
        return UInt32(local, 0) == LocalSignature && compressed <= room - start
            ? new ZipEntry(start, size, UInt32(header, 16), isStored)
            : throw file.Broken($"{FileText.Quote(name)} claims {compressed} bytes, which are not there");
    }

    /// <summary>Replaces the 32-bit fields that are full by those of the zip64 extra field, which has only these, in this order.</summary>
    private static void Widen(FileBytes file, Span<byte> extra, ref long size, ref long compressed, ref long at)
    {
        while (extra.Length >= 4)
        {
            var length = UInt16(extra, 2);
            if (length > extra.Length - 4)
            {
                return;
            }

            if (UInt16(extra, 0) == Zip64Extra)
            {
                var fields = extra.Slice(4, length);
                WidenOne(file, ref fields, ref size);
                WidenOne(file, ref fields, ref compressed);
                WidenOne(file, ref fields, ref at);
                return;
            }

            extra = extra[(4 + length)..];
        }
    }

    private static void WidenOne(FileBytes file, ref Span<byte> fields, ref long value)
    {
        if (value != uint.MaxValue)
        {
            return;
        }

        if (fields.Length < sizeof(long))
        {
            throw file.Broken("its table of contents is damaged");
        }

        value = BinaryPrimitives.ReadInt64LittleEndian(fields);
        fields = fields[sizeof(long)..];
    }

    /// <summary>Where the table of contents is, and how many bytes it has.</summary>
    private static (long Start, long Size) Locate(FileBytes file)
    {
        var tail = new byte[Math.Min(file.Length, EndBytes + ushort.MaxValue)];
        file.Read(file.Length - tail.Length, tail);
        for (var i = tail.Length - EndBytes; i >= 0; i--)
        {
            var end = tail.AsSpan(i);
            if (UInt32(end, 0) == EndSignature && end.Length == EndBytes + UInt16(end, 20))
            {
                long size = UInt32(end, 12);
                long start = UInt32(end, 16);
                return start == uint.MaxValue || size == uint.MaxValue || UInt16(end, 10) == ushort.MaxValue
                    ? Locate64(file, file.Length - tail.Length + i)
                    : (start, size);
            }
        }

        throw file.Broken("it is a zip file without its end, so a download or copy stopped early");
    }

    private static (long Start, long Size) Locate64(FileBytes file, long end)
    {
        Span<byte> locator = stackalloc byte[Locator64Bytes];
        Span<byte> end64 = stackalloc byte[End64Bytes];
        if (end < Locator64Bytes)
        {
            throw file.Broken("its table of contents is damaged");
        }

        file.Read(end - Locator64Bytes, locator);
        var at = BinaryPrimitives.ReadInt64LittleEndian(locator[8..]);
        if (UInt32(locator, 0) != Locator64Signature || at < 0 || at > end - Locator64Bytes - End64Bytes)
        {
            throw file.Broken("its table of contents is damaged");
        }

        file.Read(at, end64);
        return UInt32(end64, 0) == End64Signature
            ? (BinaryPrimitives.ReadInt64LittleEndian(end64[48..]), BinaryPrimitives.ReadInt64LittleEndian(end64[40..]))
            : throw file.Broken("its table of contents is damaged");
    }

    private static ushort UInt16(ReadOnlySpan<byte> from, int at) =>
        BinaryPrimitives.ReadUInt16LittleEndian(from[at..]);

    private static uint UInt32(ReadOnlySpan<byte> from, int at) => BinaryPrimitives.ReadUInt32LittleEndian(from[at..]);
}
