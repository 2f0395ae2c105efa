// JPEG (ITU-T T.81, JFIF T.871, Adobe's APP14): decoded by libturbojpeg, turned upright by EXIF's APP1 segment.

using System.Buffers.Binary;

namespace TResNet.Data.Images;

/// <summary>A JPEG file.</summary>
internal sealed class JpegImage : SourceImage
{
    // A Huffman code has at least one bit, and the coarsest subsampling lets 128 pixels share one: no file can hold more.
    private const int MostPixelsPerByte = 1024;

    private static readonly Lazy<int[]> Divisors = new(TurboJpeg.Divisors);

    private readonly ReadOnlyMemory<byte> _file;
    private readonly (int Width, int Height) _stored;
    private readonly TurboJpeg.ColorSpace _colors;

    private JpegImage(
        ReadOnlyMemory<byte> file,
        string name,
        (int Width, int Height, TurboJpeg.ColorSpace Colors) header,
        int orientation
    )
        : base(name, header.Width, header.Height, orientation)
    {
        _file = file;
        _stored = (header.Width, header.Height);
        _colors = header.Colors;
    }

    /// <summary>Reads the header.</summary>
    public static JpegImage Read(ReadOnlyMemory<byte> file, string name, ImageLimits limits)
    {
        using var turbo = TurboJpeg.Create();
        var header = turbo.Header(file.Span) ?? throw Damaged(name, "JPEG", turbo.Reason());
        limits.Require(name, header.Width, header.Height, (long)file.Length * MostPixelsPerByte);
        return new JpegImage(file, name, header, ExifOrientation.Read(Exif(file.Span)));
    }

    private protected override RgbImage DecodeInto(Func<int, int, RgbImage> make, int leastWidth, int leastHeight)
    {
        var (width, height) = Scaled(leastWidth, leastHeight);
        var image = make(width, height);
        if (_colors is not (TurboJpeg.ColorSpace.Cmyk or TurboJpeg.ColorSpace.Ycck))
        {
            Decompress(image.Pixels, width, height, TurboJpeg.PixelFormat.Rgb);
            return image;
        }

        var inks = GC.AllocateUninitializedArray<byte>(checked(width * height * 4));
        Decompress(inks, width, height, TurboJpeg.PixelFormat.Cmyk);
        FromInks(inks, image.Pixels);
        return image;
    }

    private void Decompress(Span<byte> pixels, int width, int height, TurboJpeg.PixelFormat format)
    {
        using var turbo = TurboJpeg.Create();
        if (!turbo.Decompress(_file.Span, pixels, width, height, format))
        {
            throw Damaged(Name, "JPEG", turbo.Reason());
        }
    }

    private (int Width, int Height) Scaled(int leastWidth, int leastHeight)
    {
        foreach (var divisor in Divisors.Value)
        {
            var (width, height) = (Side(_stored.Width), Side(_stored.Height));
            if (width >= leastWidth && height >= leastHeight)
            {
                return (width, height);
            }

            int Side(int side) => (side + divisor - 1) / divisor;
        }

        return _stored;
    }

    // Adobe's programs store inks inverted, 255 for none, and so does everybody who wants their files read: PIL and the browsers take it for
    // granted. Without a colour profile, a pixel is then the product of what each ink and black let through.
    private static void FromInks(ReadOnlySpan<byte> inks, Span<byte> pixels)
    {
        for (int from = 0, to = 0; from < inks.Length; from += 4, to += RgbImage.Channels)
        {
            var black = inks[from + 3];
            for (var channel = 0; channel < RgbImage.Channels; channel++)
            {
                pixels[to + channel] = Product(inks[from + channel], black);
            }
        }
    }

    // PIL rounds what the inks take away rather than what is left.
    private static byte Product(int left, int black)
    {
        var taken = (255 - left) * black + 128;
        return (byte)Math.Max(0, black - ((taken + (taken >> 8)) >> 8));
    }

    /// <summary>The TIFF structure of the first EXIF segment; empty where there is none before the image data.</summary>
    private static ReadOnlySpan<byte> Exif(ReadOnlySpan<byte> file)
    {
        const byte StartOfScan = 0xDA;
        const byte App1 = 0xE1;
        var name = "Exif\0\0"u8;

        // Each segment is FF, a marker, and a big-endian length that counts itself; any number of FF may come before.
        for (var rest = file[2..]; rest.Length >= 4 && rest[0] == 0xFF; )
        {
            var marker = rest[1];
            if (marker == 0xFF)
            {
                rest = rest[1..];
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (marker == StartOfScan || length < 2 || length > rest.Length - 2)
            {
                return default;
            }

            var content = rest[4..(2 + length)];
            if (marker == App1 && content.StartsWith(name))
            {
                return content[name.Length..];
            }

            rest = rest[(2 + length)..];
        }

        return default;
    }
}
