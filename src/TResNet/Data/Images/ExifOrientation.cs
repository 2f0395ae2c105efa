// The orientation tag of EXIF 2.32 (CIPA DC-008, section 4.6.4 A: tag 0x0112), in the TIFF 6.0 structure that an APP1 segment or a PNG's eXIf
// chunk holds. Nothing else is read. What is damaged counts as absent: a picture is worth more than its metadata.

using System.Buffers.Binary;

namespace TResNet.Data.Images;

/// <summary>Finds which way up a picture is meant.</summary>
internal static class ExifOrientation
{
    private const int Tag = 0x0112;
    private const int EntryBytes = 12;
    private const int Short = 3;
    private const int Long = 4;

    /// <summary>The orientation, 1 to 8, of a TIFF structure; 1 (as stored) where it has none or is damaged.</summary>
    public static int Read(ReadOnlySpan<byte> tiff)
    {
        var little = tiff.StartsWith("II*\0"u8);
        if (tiff.Length < 8 || !(little || tiff.StartsWith("MM\0*"u8)))
        {
            return 1;
        }

        var directory = UInt32(tiff[4..], little);
        if (directory > tiff.Length - 2)
        {
            return 1;
        }

        var count = UInt16(tiff[(int)directory..], little);
        var entries = tiff[((int)directory + 2)..];
        for (var i = 0; i < count && entries.Length >= EntryBytes; i++, entries = entries[EntryBytes..])
        {
            if (UInt16(entries, little) == Tag && UInt32(entries[4..], little) == 1)
            {
                var value = UInt16(entries[2..], little) switch
                {
                    Short => UInt16(entries[8..], little),
                    Long => UInt32(entries[8..], little),
                    _ => 1u,
                };
                return value is >= 1 and <= 8 ? (int)value : 1;
            }
        }

        return 1;
    }

    private static uint UInt16(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static uint UInt32(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
