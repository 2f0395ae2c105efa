// The chunks of a PNG file (W3C, Portable Network Graphics, third edition, section 5): length, type, content, checksum.

using System.Buffers.Binary;
using TResNet.Weights.Formats.PyTorch;

namespace TResNet.Data.Images;

/// <summary>Finds chunks, and leaves out those that PIL does not look at.</summary>
internal static class PngChunks
{
    private const int SignatureBytes = 8;

    // Length and type before a chunk's content, a checksum after it.
    private const int Start = 8;
    private const int End = 4;
    private const int LastChunkBytes = Start + End;
    private const int WholePalette = 3 * 256;

    /// <summary>The content of the first chunk of a type; empty where there is none before the pixels.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> file, ReadOnlySpan<byte> type)
    {
        for (var rest = file[SignatureBytes..]; Next(rest, out var found, out var content); rest = After(rest, content))
        {
            if (found.SequenceEqual("IDAT"u8))
            {
                return default;
            }

            if (found.SequenceEqual(type))
            {
                return content;
            }
        }

        return default;
    }

    /// <summary>Whether the pixels before the first frame's end are those of an animation.</summary>
    public static bool IsAnimation(ReadOnlySpan<byte> file) =>
        Find(file, "acTL"u8) is { Length: 8 } control && BinaryPrimitives.ReadUInt32BigEndian(control) > 1;

    /// <summary>Whether a file that <see cref="WithPixelsAlone"/> gave ends as one should: its pixels are whole chunks.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> file) =>
        file.Length >= LastChunkBytes && file[^LastChunkBytes..][4..Start].SequenceEqual("IEND"u8);

    /// <summary>
    /// The file with its header, palette and pixels alone: gamma, profiles, significant bits, backgrounds, transparent colours and further frames
    /// would change what libpng gives, and PIL does not know them.
    /// </summary>
    /// <param name="bytes">The file.</param>
    /// <param name="header">What the header shall say; as long as it is.</param>
    /// <returns>The file itself where it is like that.</returns>
    public static ReadOnlyMemory<byte> WithPixelsAlone(ReadOnlyMemory<byte> bytes, ReadOnlySpan<byte> header)
    {
        var file = bytes.Span;
        if (header.SequenceEqual(Find(file, "IHDR"u8)) && IsPlain(file))
        {
            return bytes;
        }

        var end = "IEND"u8;
        var plain = new MemoryStream(file.Length + Start + End);
        plain.Write(file[..SignatureBytes]);
        var isFirst = true;
        var rest = file[SignatureBytes..];
        for (; Next(rest, out var type, out var content); rest = After(rest, content))
        {
            if (type.SequenceEqual(end))
            {
                break;
            }

            if (type.SequenceEqual("IHDR"u8) && isFirst)
            {
                Write(plain, type, header);
                isFirst = false;
            }
            else if (type.SequenceEqual("PLTE"u8) && content.Length < WholePalette)
            {
                Write(plain, type, Whole(content, header));
            }
            else if (type.SequenceEqual("IHDR"u8) || type.SequenceEqual("PLTE"u8) || type.SequenceEqual("IDAT"u8))
            {
                plain.Write(rest[..(Start + content.Length + End)]);
            }
        }

        // What is not whole stays, for libpng to say so; a file that lacks but its end is whole to PIL.
        if (rest.Length >= Start && rest[4..Start].SequenceEqual("IDAT"u8))
        {
            plain.Write(rest);
        }
        else
        {
            Write(plain, end, []);
        }

        return plain.ToArray();
    }

    // To PIL, indices that a palette does not have are greys; to libpng they are damage.
    private static ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> palette, ReadOnlySpan<byte> header)
    {
        var colors = header[9] == 3 && header[8] <= 8 ? 1 << header[8] : 0;
        if (3 * colors <= palette.Length || palette.Length % 3 != 0)
        {
            return palette;
        }

        var whole = new byte[3 * colors];
        for (var at = palette.Length; at < whole.Length; at++)
        {
            whole[at] = (byte)(at / 3);
        }

        palette.CopyTo(whole);
        return whole;
    }

    private static bool IsPlain(ReadOnlySpan<byte> file)
    {
        var rest = file[SignatureBytes..];
        for (; Next(rest, out var type, out var content); rest = After(rest, content))
        {
            if (type.SequenceEqual("IEND"u8))
            {
                return true;
            }

            var isWhole = type.SequenceEqual("PLTE"u8) && content.Length >= WholePalette;
            if (!type.SequenceEqual("IHDR"u8) && !type.SequenceEqual("IDAT"u8) && !isWhole)
            {
                return false;
            }
        }

        return false;
    }

    private static bool Next(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> type, out ReadOnlySpan<byte> content)
    {
        type = default;
        content = default;
        if (rest.Length < Start + End)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        if (length > rest.Length - Start - End)
        {
            return false;
        }

        type = rest[4..Start];
        content = rest.Slice(Start, (int)length);
        return true;
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> content) =>
        rest[(Start + content.Length + End)..];

    private static void Write(MemoryStream to, ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        to.Write(number);
        to.Write(type);
        to.Write(content);
        var checksum = Crc32.Finish(Crc32.Append(Crc32.Append(Crc32.Start, type), content));
        BinaryPrimitives.WriteUInt32BigEndian(number, checksum);
        to.Write(number);
    }
}
