// The segments before a JPEG's image data (ITU-T T.81, annex B): FF, a marker, and a big-endian length that counts itself; any number of FF may
// come before.

using System.Buffers.Binary;

namespace TResNet.Data.Images;

/// <summary>Walks through the segments of a JPEG file, up to the first scan or the first damage.</summary>
internal ref struct JpegSegments(ReadOnlySpan<byte> file)
{
    public const byte App1 = 0xE1;
    public const byte BaselineFrame = 0xC0;
    public const byte ExtendedFrame = 0xC1;
    private const byte StartOfScan = 0xDA;

    private readonly ReadOnlySpan<byte> file = file;
    private int next = 2;

    /// <summary>The segment that was moved to.</summary>
    public (byte Marker, Range Content) Current { get; private set; }

    public readonly JpegSegments GetEnumerator() => this;

    public bool MoveNext()
    {
        while (next + 4 <= this.file.Length && this.file[next] == 0xFF)
        {
            var marker = this.file[next + 1];
            if (marker == 0xFF)
            {
                next++;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(this.file[(next + 2)..]);
            var end = next + 2 + length;
            if (marker == StartOfScan || length < 2 || end > this.file.Length)
            {
                return false;
            }

            Current = (marker, (next + 4)..end);
            next = end;
            return true;
        }

        return false;
    }
}

/// <summary>The frame header of a JPEG whose rows come one after the other: not of a progressive one.</summary>
/// <param name="UnitColumns">Columns that are coded together.</param>
/// <param name="UnitRows">Rows that are coded together.</param>
internal sealed record JpegFrame(int UnitColumns, int UnitRows)
{
    private const int BlockSide = 8;

    /// <summary>Finds it; null where there is none, or another kind.</summary>
    public static JpegFrame? Find(ReadOnlySpan<byte> file)
    {
        foreach (var segment in new JpegSegments(file))
        {
            // Precision, height, width, the number of components; for each its name, its samplings across and down, its table.
            var content = file[segment.Content];
            if (
                segment.Marker is JpegSegments.BaselineFrame or JpegSegments.ExtendedFrame
                && content.Length >= 6
                && content.Length == 6 + 3 * content[5]
            )
            {
                var (across, down) = (1, 1);
                for (var component = 0; component < content[5]; component++)
                {
                    var samplings = content[6 + 3 * component + 1];
                    (across, down) = (Math.Max(across, samplings >> 4), Math.Max(down, samplings & 0xF));
                }

                return new JpegFrame(BlockSide * across, BlockSide * down);
            }
        }

        return null;
    }
}
