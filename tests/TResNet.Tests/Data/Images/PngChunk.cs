using System.Buffers.Binary;
using TResNet.Weights.Formats.PyTorch;

namespace TResNet.Tests.Data.Images;

/// <summary>The pieces of a PNG file: length, type, content, checksum.</summary>
internal static class PngChunk
{
    private const int SignatureBytes = 8;

    public static byte[] Make(ReadOnlySpan<byte> type, ReadOnlySpan<byte> content)
    {
        var chunk = new byte[12 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, content.Length);
        type.CopyTo(chunk.AsSpan(4));
        content.CopyTo(chunk.AsSpan(8));
        Sign(chunk);
        return chunk;
    }

    /// <summary>Makes the checksums right again, as far as the chunks can be followed.</summary>
    public static void SignAll(Span<byte> png)
    {
        for (var rest = png[SignatureBytes..]; rest.Length >= 12; )
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - 12)
            {
                return;
            }

            Sign(rest[..(12 + (int)length)]);
            rest = rest[(12 + (int)length)..];
        }
    }

    private static void Sign(Span<byte> chunk) =>
        BinaryPrimitives.WriteUInt32BigEndian(chunk[^4..], Crc32(chunk[4..^4]));

    /// <summary>The CRC of PNG, annex D.</summary>
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            }
        }

        return ~crc;
    }
}
