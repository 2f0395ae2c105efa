// WebP, GIF and BMP, as PIL's convert("RGB") has them: alpha is dropped, and what lies under it shows.

using System.Buffers.Binary;

namespace TResNet.Data.Images;

/// <summary>A file that Skia decodes.</summary>
internal sealed class SkiaImage : SourceImage
{
    private readonly ReadOnlyMemory<byte> file;
    private readonly string format;
    private readonly (int Width, int Height) stored;
    private readonly GifFirstFrame? frame;

    private SkiaImage(
        ReadOnlyMemory<byte> file,
        string name,
        string format,
        (int Width, int Height) stored,
        int orientation,
        GifFirstFrame? frame = null
    )
        : base(name, stored.Width, stored.Height, orientation) =>
        (this.file, this.format, this.stored, this.frame) = (file, format, stored, frame);

    /// <summary>Reads the header of a WebP file (RFC 9649).</summary>
    public static SkiaImage ReadWebP(ReadOnlyMemory<byte> file, string name, ImageLimits limits)
    {
        var orientation = ExifOrientation.Read(WebPChunks.Exif(file.Span));
        return new SkiaImage(file, name, "WebP", Sides(file, name, "WebP", limits), orientation)
        {
            Note = WebPChunks.IsAnimation(file.Span) ? SourceNote.FirstFrame : null,
        };
    }

    /// <summary>Reads the header of a GIF file (GIF89a).</summary>
    public static SkiaImage ReadGif(ReadOnlyMemory<byte> file, string name, ImageLimits limits)
    {
        var frame = GifFirstFrame.Find(file.Span) ?? throw Damaged(name, "GIF", "it has no image");
        var opaque = frame.WithoutTransparency(file);
        return new SkiaImage(opaque, name, "GIF", Sides(opaque, name, "GIF", limits), orientation: 1, frame)
        {
            Note = frame.HasFollower ? SourceNote.FirstFrame : null,
        };
    }

    /// <summary>Reads the header of a BMP file (BITMAPFILEHEADER and what follows it).</summary>
    public static SkiaImage ReadBmp(ReadOnlyMemory<byte> file, string name, ImageLimits limits) =>
        new(file, name, "BMP", Sides(file, name, "BMP", limits), orientation: 1);

    private protected override DecodedPart DecodeInto(
        Func<int, int, RgbImage> make,
        int leastWidth,
        int leastHeight,
        PixelArea wanted
    )
    {
        using var skia = SkiaDecoder.Open(file, Name, format);
        var pixels = skia.Decode();
        var image = make(stored.Width, stored.Height);
        var colors = image.Pixels.AsSpan();
        for (int from = 0, to = 0; from < pixels.Length; from += 4, to += RgbImage.Channels)
        {
            // Around a frame that is smaller than its picture, and nowhere else: transparency was taken out.
            if (frame is not null && pixels[from + 3] == 0)
            {
                frame.Around.CopyTo(colors[to..]);
            }
            else
            {
                pixels.AsSpan(from, RgbImage.Channels).CopyTo(colors[to..]);
            }
        }

        if (format == "BMP" && BmpSixteenBits.Are(file.Span))
        {
            BmpSixteenBits.RoundDown(file.Span, colors[..(stored.Width * stored.Height * RgbImage.Channels)]);
        }

        return DecodedPart.Of(image);
    }

    private static (int Width, int Height) Sides(
        ReadOnlyMemory<byte> file,
        string name,
        string format,
        ImageLimits limits
    )
    {
        using var skia = SkiaDecoder.Open(file, name, format);
        limits.Require(name, skia.Width, skia.Height, long.MaxValue);
        return (skia.Width, skia.Height);
    }
}

/// <summary>The chunks of a WebP file: a name, a little-endian length, the content, padded to an even length.</summary>
internal static class WebPChunks
{
    private const int Start = 12;
    private const byte AnimationFlag = 2;

    /// <summary>The TIFF structure of its EXIF chunk; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Exif(ReadOnlySpan<byte> file)
    {
        var found = Find(file, "EXIF"u8);
        var name = "Exif\0\0"u8;
        return found.StartsWith(name) ? found[name.Length..] : found;
    }

    public static bool IsAnimation(ReadOnlySpan<byte> file) =>
        Find(file, "VP8X"u8) is [var flags, ..] && (flags & AnimationFlag) != 0;

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> file, ReadOnlySpan<byte> name)
    {
        for (var rest = file[Start..]; rest.Length >= 8; )
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (length > rest.Length - 8)
            {
                return default;
            }

            if (rest.StartsWith(name))
            {
                return rest.Slice(8, (int)length);
            }

            rest = rest[Math.Min(rest.Length, 8 + (int)length + (int)(length & 1))..];
        }

        return default;
    }
}

/// <summary>Samples of five and six bits: PIL rounds them down where Skia rounds them.</summary>
internal static class BmpSixteenBits
{
    private const int BitsAt = 28;
    private const int HeaderBytes = 14;
    private const int OldHeaderBytes = 12;
    private const int CompressionAt = 30;
    private const int GreenMaskAt = 58;

    public static bool Are(ReadOnlySpan<byte> file) =>
        file.Length > GreenMaskAt + 4 && file[HeaderBytes] > OldHeaderBytes && file[BitsAt] == 16;

    /// <summary>Changes all samples of a picture.</summary>
    public static void RoundDown(ReadOnlySpan<byte> file, Span<byte> colors)
    {
        var hasMasks = file[CompressionAt] == 3;
        var green = hasMasks && BinaryPrimitives.ReadUInt32LittleEndian(file[GreenMaskAt..]) == 0x7E0 ? 63 : 31;
        for (var at = 0; at < colors.Length; at++)
        {
            var most = at % RgbImage.Channels == 1 ? green : 31;
            colors[at] = (byte)((colors[at] * most + 127) / 255 * 255 / most);
        }
    }
}
