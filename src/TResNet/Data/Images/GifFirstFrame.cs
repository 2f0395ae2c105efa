// The blocks of a GIF file (CompuServe, "Graphics Interchange Format, version 89a"), up to the first image and whether there is another.

namespace TResNet.Data.Images;

/// <summary>What PIL makes of the first frame and a decoder of browsers does not: its transparent pixels have a colour, and so has what is around it.</summary>
internal sealed class GifFirstFrame
{
    private const int HeaderBytes = 13;
    private const int ImageBytes = 10;
    private const byte Extension = 0x21;
    private const byte GraphicControl = 0xF9;
    private const byte Image = 0x2C;

    private readonly int? control;

    private GifFirstFrame(int? control, byte[] around, bool hasFollower) =>
        (this.control, Around, HasFollower) = (control, around, hasFollower);

    /// <summary>The colour of the picture around the frame: that of the transparent pixels, or else the palette's first.</summary>
    public byte[] Around { get; }

    /// <summary>Whether there is another frame.</summary>
    public bool HasFollower { get; }

    /// <summary>Finds the first frame; null where there is none.</summary>
    public static GifFirstFrame? Find(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes)
        {
            return null;
        }

        var palette = Palette(file, HeaderBytes, file[10]);
        var at = HeaderBytes + palette.Length;
        int? control = null;
        for (; at < file.Length && file[at] == Extension; at = AfterBlocks(file, at + 2))
        {
            if (at + 7 < file.Length && file[at + 1] == GraphicControl && file[at + 2] >= 4)
            {
                control = at + 3;
            }
        }

        if (at + ImageBytes > file.Length || file[at] != Image)
        {
            return null;
        }

        var own = Palette(file, at + ImageBytes, file[at + ImageBytes - 1]);
        palette = own.IsEmpty ? palette : own;
        var transparent = control is { } found && (file[found] & 1) != 0 ? file[found + 3] : 0;
        byte[] around = palette.IsEmpty
            ? [(byte)transparent, (byte)transparent, (byte)transparent]
            : [.. palette.Slice(3 * transparent + 3 <= palette.Length ? 3 * transparent : 0, 3)];
        var end = AfterBlocks(file, at + ImageBytes + own.Length + 1);
        while (end < file.Length && file[end] == Extension)
        {
            end = AfterBlocks(file, end + 2);
        }

        return new GifFirstFrame(control, around, end < file.Length && file[end] == Image);
    }

    /// <summary>The file with the first frame opaque; itself where it is.</summary>
    public ReadOnlyMemory<byte> WithoutTransparency(ReadOnlyMemory<byte> file)
    {
        if (this.control is not { } control || (file.Span[control] & 1) == 0)
        {
            return file;
        }

        var opaque = file.ToArray();
        opaque[control] &= 0xFE;
        return opaque;
    }

    private static ReadOnlySpan<byte> Palette(ReadOnlySpan<byte> file, int at, byte flags)
    {
        var bytes = (flags & 0x80) == 0 ? 0 : 3 * (2 << (flags & 7));
        return at + bytes <= file.Length ? file.Slice(at, bytes) : default;
    }

    /// <summary>Where the sub-blocks that begin here have ended.</summary>
    private static int AfterBlocks(ReadOnlySpan<byte> file, int at)
    {
        while (at < file.Length && file[at] != 0)
        {
            at += file[at] + 1;
        }

        return at + 1;
    }
}
