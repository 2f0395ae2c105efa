// PNG (W3C, Portable Network Graphics, third edition), decoded by libpng. Alpha is dropped: what lies under it is what PIL, and so every model
// trained through it, sees. Nor does PIL know of gamma and colour profiles.

using System.Buffers.Binary;

namespace TResNet.Data.Images;

/// <summary>A PNG file.</summary>
internal sealed class PngImage : SourceImage
{
    // In the header: bits of a sample, and what a pixel is made of.
    private const int DepthAt = 8;
    private const int KindAt = 9;
    private const byte Grey = 0;
    private const byte GreyAlpha = 4;
    private const byte ColorAlpha = 6;

    // DEFLATE cannot expand a byte to more than this (RFC 1951: 258 bytes from 2 bits).
    private const int MaxExpansion = 1032;

    private readonly ReadOnlyMemory<byte> file;
    private readonly (int Width, int Height) stored;

    private PngImage(ReadOnlyMemory<byte> file, string name, int width, int height, int orientation)
        : base(name, width, height, orientation)
    {
        this.file = file;
        stored = (width, height);
        var header = PngChunks.Find(file.Span, "IHDR"u8);
        Note =
            PngChunks.IsAnimation(file.Span) ? SourceNote.FirstFrame
            : header[DepthAt] == 16 && header[KindAt] == Grey ? SourceNote.SixteenBits
            : null;
    }

    /// <summary>Reads the header.</summary>
    public static PngImage Read(ReadOnlyMemory<byte> file, string name, ImageLimits limits)
    {
        ImageCodec.Png.Require();
        var header = PngChunks.Find(file.Span, "IHDR"u8);
        if (header.Length != 13)
        {
            throw Damaged(name, "PNG", "its header is not whole");
        }

        var width = BinaryPrimitives.ReadInt32BigEndian(header);
        var height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        var bits =
            header[DepthAt]
            * (
                header[KindAt] switch
                {
                    2 => 3,
                    4 => 2,
                    6 => 4,
                    _ => 1,
                }
            );
        limits.Require(name, width, height, MaxExpansion * 8L * file.Length / Math.Max(1, bits));
        return new PngImage(file, name, width, height, ExifOrientation.Read(PngChunks.Find(file.Span, "eXIf"u8)));
    }

    private protected override DecodedPart DecodeInto(
        Func<int, int, RgbImage> make,
        int leastWidth,
        int leastHeight,
        PixelArea wanted
    )
    {
        byte[] header = [.. PngChunks.Find(file.Span, "IHDR"u8)];
        if (header[DepthAt] != 16)
        {
            return DecodedPart.Of(Decode(header, make));
        }

        // libpng rounds sixteen bits to eight. Of grey, the two bytes of a sample lie in the file as two samples of eight bits do.
        switch (header[KindAt])
        {
            case Grey:
                (header[DepthAt], header[KindAt]) = (8, GreyAlpha);
                return DecodedPart.Of(Decode(header, make, Clip));
            case GreyAlpha:
                (header[DepthAt], header[KindAt]) = (8, ColorAlpha);
                return DecodedPart.Of(Decode(header, make, Repeat));
            default:
                var image = make(stored.Width, stored.Height);
                var plain = PngChunks.WithPixelsAlone(file, header);
                if (!PngChunks.IsWhole(plain.Span))
                {
                    throw Damaged(Name, "PNG", "it ends too soon");
                }

                using (var skia = SkiaDecoder.Open(plain, Name, "PNG"))
                {
                    DropAlpha(skia.Decode(), image.Pixels);
                }

                return DecodedPart.Of(image);
        }
    }

    private RgbImage Decode(byte[] header, Func<int, int, RgbImage> make, FromRgba? from = null)
    {
        var (width, height) = stored;
        using var png = new LibPng(PngChunks.WithPixelsAlone(file, header));
        if (!png.Begin())
        {
            throw Damaged(Name, "PNG", png.Reason());
        }

        if ((png.Width, png.Height) != ((uint)width, (uint)height))
        {
            throw Damaged(Name, "PNG", "it has two headers");
        }

        var image = make(width, height);
        var pixels = png.HasAlpha ? GC.AllocateUninitializedArray<byte>(checked(width * height * 4)) : image.Pixels;
        if (!png.Finish(pixels, png.HasAlpha ? LibPng.PixelFormat.Rgba : LibPng.PixelFormat.Rgb))
        {
            throw Damaged(Name, "PNG", png.Reason());
        }

        if (pixels != image.Pixels)
        {
            (from ?? DropAlpha)(pixels, image.Pixels);
        }

        return image;
    }

    private delegate void FromRgba(ReadOnlySpan<byte> pixels, Span<byte> colors);

    // As PIL has it: what does not fit into eight bits is white. The lower byte came as alpha.
    private static void Clip(ReadOnlySpan<byte> pixels, Span<byte> colors)
    {
        for (int from = 0, to = 0; from < pixels.Length; from += 4, to += RgbImage.Channels)
        {
            colors.Slice(to, RgbImage.Channels).Fill(pixels[from] == 0 ? pixels[from + 3] : byte.MaxValue);
        }
    }

    // The upper byte of grey came as red.
    private static void Repeat(ReadOnlySpan<byte> pixels, Span<byte> colors)
    {
        for (int from = 0, to = 0; from < pixels.Length; from += 4, to += RgbImage.Channels)
        {
            colors.Slice(to, RgbImage.Channels).Fill(pixels[from]);
        }
    }

    private static void DropAlpha(ReadOnlySpan<byte> pixels, Span<byte> colors)
    {
        for (int from = 0, to = 0; from < pixels.Length; from += 4, to += RgbImage.Channels)
        {
            pixels.Slice(from, RgbImage.Channels).CopyTo(colors[to..]);
        }
    }
}
