// The first directory of a TIFF file (TIFF 6.0, section 2; BigTIFF), looked at before the library is, which allocates what a file announces.

using System.Buffers.Binary;

namespace TResNet.Data.Images;

/// <summary>Refuses files that announce more than they can hold.</summary>
internal static class TiffDirectory
{
    private const int ImageWidth = 256;
    private const int ImageLength = 257;
    private const int SamplesPerPixel = 277;
    private const int RowsPerStrip = 278;
    private const int TileWidth = 322;
    private const int TileLength = 323;

    // Bytes of a value of each type, from 1: byte, ascii, short, long, rational, signed ones, float, double, ifd; of BigTIFF long8, slong8, ifd8.
    private static readonly int[] TypeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

    /// <summary>Looks at the sizes.</summary>
    /// <exception cref="TResNetException">The file is damaged, or the image larger than allowed.</exception>
    public static void Require(ReadOnlySpan<byte> file, string name, ImageLimits limits)
    {
        var numbers = Read(file) ?? throw Damaged(name);
        var (width, height) = (numbers.GetValueOrDefault(ImageWidth), numbers.GetValueOrDefault(ImageLength));
        if (width > int.MaxValue || height > int.MaxValue)
        {
            throw Damaged(name);
        }

        limits.Require(name, width, height, long.MaxValue);
        var across = numbers.TryGetValue(TileWidth, out var tileWidth) ? tileWidth : width;
        var down = numbers.TryGetValue(TileLength, out var tileLength)
            ? tileLength
            : Math.Min(height, Math.Max(1, numbers.GetValueOrDefault(RowsPerStrip, height)));
        var samples = Math.Max(1, numbers.GetValueOrDefault(SamplesPerPixel, 1));
        // Each piece has a place in the file, of two bytes at least.
        var pieces = across < 1 || down < 1 ? double.MaxValue : Pieces(width, across) * Pieces(height, down);
        if (2 * pieces > file.Length || (double)across * down > Math.Max(limits.MaxPixels, 1 << 16) || samples > 65535)
        {
            throw Damaged(name);
        }
    }

    private static double Pieces(long whole, long part) => Math.Ceiling(whole / (double)part);

    /// <summary>The first number of each entry; null where the directory is not whole.</summary>
    private static Dictionary<int, long>? Read(ReadOnlySpan<byte> file)
    {
        var (little, big) = (file[0] == 'I', file[2] == 43 || file[3] == 43);
        var (countBytes, entryBytes, valueAt) = big ? (8, 20, 12) : (2, 12, 8);
        if (file.Length < 16)
        {
            return null;
        }

        var at = big ? Number(file[8..], 8, little) : Number(file[4..], 4, little);
        if (at < 8 || at > file.Length - countBytes)
        {
            return null;
        }

        var count = Number(file[(int)at..], countBytes, little);
        var entries = file[((int)at + countBytes)..];
        if (count < 1 || count > entries.Length / entryBytes)
        {
            return null;
        }

        var numbers = new Dictionary<int, long>();
        for (var i = 0; i < count; i++, entries = entries[entryBytes..])
        {
            var type = (int)Number(entries[2..], 2, little);
            var bytes = type < TypeBytes.Length ? TypeBytes[type] : 0;
            var values = Number(entries[4..], big ? 8 : 4, little);
            if (values < 0 || values * (double)Math.Max(1, bytes) > file.Length)
            {
                return null;
            }

            if (type is 1 or 3 or 4 or 16)
            {
                numbers.TryAdd((int)Number(entries, 2, little), Number(entries[valueAt..], bytes, little));
            }
        }

        return numbers;
    }

    private static long Number(ReadOnlySpan<byte> bytes, int count, bool little) =>
        (count, little) switch
        {
            (1, _) => bytes[0],
            (2, true) => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            (2, false) => BinaryPrimitives.ReadUInt16BigEndian(bytes),
            (4, true) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            (4, false) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
            (_, true) => BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => BinaryPrimitives.ReadInt64BigEndian(bytes),
        };

    private static TResNetException Damaged(string name) =>
        SourceImage.Damaged(name, "TIFF", "its header is not whole, or announces more than the file can hold");
}
