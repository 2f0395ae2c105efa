// JPEG (ITU-T T.81, JFIF T.871, Adobe's APP14): decoded by libturbojpeg, turned upright by EXIF's APP1 segment.

namespace TResNet.Data.Images;

/// <summary>A JPEG file.</summary>
internal sealed class JpegImage : SourceImage
{
    // A Huffman code has at least one bit, and the coarsest subsampling lets 128 pixels share one: no file can hold more.
    private const int MostPixelsPerByte = 1024;

    // Colours of less resolution are smoothed across units: columns outside the part that may count inside, and more than enough of them.
    private const int Smoothed = 8;

    private static readonly Lazy<int[]> Divisors = new(TurboJpeg.Divisors);

    private readonly ReadOnlyMemory<byte> file;
    private readonly (int Width, int Height) stored;
    private readonly TurboJpeg.ColorSpace colors;
    private readonly JpegFrame? frame;

    private JpegImage(
        ReadOnlyMemory<byte> file,
        string name,
        (int Width, int Height, TurboJpeg.ColorSpace Colors) header,
        int orientation
    )
        : base(name, header.Width, header.Height, orientation)
    {
        this.file = file;
        stored = (header.Width, header.Height);
        colors = header.Colors;
        frame = JpegFrame.Find(file.Span);
    }

    /// <summary>Reads the header.</summary>
    public static JpegImage Read(ReadOnlyMemory<byte> file, string name, ImageLimits limits)
    {
        using var turbo = TurboJpeg.Create();
        var header = turbo.Header(file.Span) ?? throw Damaged(name, "JPEG", turbo.Reason());
        limits.Require(name, header.Width, header.Height, (long)file.Length * MostPixelsPerByte);
        return new JpegImage(file, name, header, ExifOrientation.Read(Exif(file.Span)));
    }

    private protected override DecodedPart DecodeInto(
        Func<int, int, RgbImage> make,
        int leastWidth,
        int leastHeight,
        PixelArea wanted
    )
    {
        var divisor = DivisorFor(leastWidth, leastHeight);
        var (width, height) = (Side(stored.Width, divisor), Side(stored.Height, divisor));
        if (colors is TurboJpeg.ColorSpace.Cmyk or TurboJpeg.ColorSpace.Ycck)
        {
            var inks = GC.AllocateUninitializedArray<byte>(checked(width * height * 4));
            Decompress(inks, width, height, TurboJpeg.PixelFormat.Cmyk);
            var mixed = make(width, height);
            FromInks(inks, mixed.Pixels);
            return DecodedPart.Of(mixed, divisor);
        }

        if (PartDecoder.IsFound && this.frame is { } frame && DecodePart(make, frame, divisor, wanted) is { } part)
        {
            return part;
        }

        var image = make(width, height);
        Decompress(image.Pixels, width, height, TurboJpeg.PixelFormat.Rgb);
        return DecodedPart.Of(image, divisor);
    }

    /// <summary>Decodes what is wanted, and some more around it.</summary>
    /// <returns>It, or null where that saves nothing or something is not as it should be: then the whole image says what.</returns>
    private DecodedPart? DecodePart(Func<int, int, RgbImage> make, JpegFrame frame, int divisor, PixelArea wanted)
    {
        var (width, height) = (Side(stored.Width, divisor), Side(stored.Height, divisor));
        var (unitColumns, unitRows) = (frame.UnitColumns / divisor, frame.UnitRows / divisor);
        var left = Math.Max(0, wanted.Left / divisor - Smoothed) / unitColumns * unitColumns;
        var right = Math.Min(width, Side(wanted.Right, divisor) + Smoothed);
        var top = wanted.Top / divisor;
        // One row of the unit below has the decoder look whether that is whole, as the last one wanted may be made with it.
        var below = Side(Side(wanted.Bottom, divisor), unitRows) * unitRows + 1;
        var bottom = below + unitRows > height ? height : below;
        if (left == 0 && top == 0 && right == width && bottom == height)
        {
            return null;
        }

        var part = make(right - left, bottom - top);
        if (PartDecoder.Decode(file.Span, divisor, left, top, bottom, part))
        {
            return new DecodedPart(part, left, top, width, height, divisor);
        }

        part.Return();
        return null;
    }

    private void Decompress(Span<byte> pixels, int width, int height, TurboJpeg.PixelFormat format)
    {
        using var turbo = TurboJpeg.Create();
        if (!turbo.Decompress(file.Span, pixels, width, height, format))
        {
            throw Damaged(Name, "JPEG", turbo.Reason());
        }
    }

    private int DivisorFor(int leastWidth, int leastHeight)
    {
        foreach (var divisor in Divisors.Value)
        {
            if (Side(stored.Width, divisor) >= leastWidth && Side(stored.Height, divisor) >= leastHeight)
            {
                return divisor;
            }
        }

        return 1;
    }

    private static int Side(int side, int divisor) => (side + divisor - 1) / divisor;

    // Adobe's programs store inks inverted, 255 for none, and so does everybody who wants their files read: PIL and the browsers take it for
    // granted.
    private static void FromInks(ReadOnlySpan<byte> inks, Span<byte> pixels)
    {
        for (int from = 0, to = 0; from < inks.Length; from += 4, to += RgbImage.Channels)
        {
            var black = inks[from + 3];
            for (var channel = 0; channel < RgbImage.Channels; channel++)
            {
                pixels[to + channel] = InkColors.Product(inks[from + channel], black);
            }
        }
    }

    /// <summary>The TIFF structure of the first EXIF segment; empty where there is none before the image data.</summary>
    private static ReadOnlySpan<byte> Exif(ReadOnlySpan<byte> file)
    {
        var name = "Exif\0\0"u8;
        foreach (var segment in new JpegSegments(file))
        {
            var content = file[segment.Content];
            if (segment.Marker == JpegSegments.App1 && content.StartsWith(name))
            {
                return content[name.Length..];
            }
        }

        return default;
    }
}
