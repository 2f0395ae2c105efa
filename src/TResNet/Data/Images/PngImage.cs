// PNG (W3C, Portable Network Graphics, third edition), decoded by libpng. Alpha is dropped: what lies under it is what PIL, and so every model
// trained through it, sees.

using System.Buffers.Binary;
using TResNet.Building;

namespace TResNet.Data.Images;

/// <summary>A PNG file.</summary>
internal sealed class PngImage : SourceImage
{
    private const int SignatureBytes = 8;

    // Length and type before a chunk's content, a checksum after it.
    private const int ChunkStart = 8;
    private const int ChunkEnd = 4;

    // DEFLATE cannot expand a byte to more than this (RFC 1951: 258 bytes from 2 bits).
    private const int MaxExpansion = 1032;

    private readonly ReadOnlyMemory<byte> _file;
    private readonly (int Width, int Height) _stored;

    private PngImage(ReadOnlyMemory<byte> file, string name, int width, int height, int orientation)
        : base(name, width, height, orientation)
    {
        _file = file;
        _stored = (width, height);
    }

    /// <summary>Reads the header.</summary>
    public static PngImage Read(ReadOnlyMemory<byte> file, string name, ImageLimits limits)
    {
        ImageCodec.Png.Require();
        var header = Chunk(file.Span, "IHDR"u8);
        if (header.Length != 13)
        {
            throw Damaged(name, "PNG", "its header is not whole");
        }

        var width = BinaryPrimitives.ReadInt32BigEndian(header);
        var height = BinaryPrimitives.ReadInt32BigEndian(header[4..]);
        var bits =
            header[8]
            * (
                header[9] switch
                {
                    2 => 3,
                    4 => 2,
                    6 => 4,
                    _ => 1,
                }
            );
        limits.Require(name, width, height, MaxExpansion * 8L * file.Length / Math.Max(1, bits));
        return new PngImage(file, name, width, height, ExifOrientation.Read(Chunk(file.Span, "eXIf"u8)));
    }

    private protected override DecodedPart DecodeInto(
        Func<int, int, RgbImage> make,
        int leastWidth,
        int leastHeight,
        PixelArea wanted
    )
    {
        var (width, height) = _stored;
        using var png = new LibPng(_file);
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
            DropAlpha(pixels, image.Pixels);
        }

        return DecodedPart.Of(image);
    }

    private static void DropAlpha(ReadOnlySpan<byte> pixels, Span<byte> colors)
    {
        for (int from = 0, to = 0; from < pixels.Length; from += 4, to += RgbImage.Channels)
        {
            pixels.Slice(from, RgbImage.Channels).CopyTo(colors[to..]);
        }
    }

    /// <summary>The content of the first chunk of a type; empty where there is none before the pixels.</summary>
    private static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> file, ReadOnlySpan<byte> type)
    {
        for (var rest = file[SignatureBytes..]; rest.Length >= ChunkStart + ChunkEnd; )
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
            var found = rest[4..ChunkStart];
            if (length > rest.Length - ChunkStart - ChunkEnd || found.SequenceEqual("IDAT"u8))
            {
                return default;
            }

            if (found.SequenceEqual(type))
            {
                return rest.Slice(ChunkStart, (int)length);
            }

            rest = rest[(ChunkStart + (int)length + ChunkEnd)..];
        }

        return default;
    }
}
