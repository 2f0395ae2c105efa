using System.Buffers;

namespace TResNet.Data.Images;

/// <summary>A picture in memory: eight bits each of red, green and blue, row by row from the top left.</summary>
public sealed class RgbImage
{
    /// <summary>Bytes of a pixel: red, green, blue.</summary>
    public const int Channels = 3;

    private readonly bool isBorrowed;

    /// <summary>An image on pixels that are there already.</summary>
    /// <param name="width">Width in pixels; at least 1.</param>
    /// <param name="height">Height in pixels; at least 1.</param>
    /// <param name="pixels">The bytes, <c>[height, width, 3]</c>; kept, not copied.</param>
    /// <exception cref="ArgumentException">The sizes do not belong together.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.LongLength != (long)width * height * Channels)
        {
            throw new ArgumentException(
                $"{width} x {height} pixels need {(long)width * height * Channels} bytes, not {pixels.Length}.",
                nameof(pixels)
            );
        }

        (Width, Height, Pixels) = (width, height, pixels);
    }

    private RgbImage(int width, int height)
    {
        (Width, Height, isBorrowed) = (width, height, true);
        Pixels = ArrayPool<byte>.Shared.Rent(checked(width * height * Channels));
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>The bytes, <c>[height, width, 3]</c>: red, green, blue from 0 (dark) to 255.</summary>
    public byte[] Pixels { get; }

    // Arrays of this size are the collector's large objects, whose fresh pages cost more than what is written on them.
    [ThreadStatic]
    private static byte[]? spare;

    /// <summary>An image whose pixels are still to be written: they hold anything.</summary>
    internal static RgbImage Uninitialized(int width, int height)
    {
        var length = checked(width * height * Channels);
        if (spare is { } kept && kept.Length == length)
        {
            spare = null;
            return new RgbImage(width, height, kept);
        }

        return new RgbImage(width, height, GC.AllocateUninitializedArray<byte>(length));
    }

    /// <summary>Gives the pixels to this thread's next image of the same length. Nobody may use this one afterwards.</summary>
    internal void Recycle() => spare = Pixels;

    /// <summary>An image on a shared array, which may be longer than the image: for use inside a method that gives it back.</summary>
    internal static RgbImage Borrow(int width, int height) => new(width, height);

    /// <summary>Gives a borrowed array back; leaves other images alone.</summary>
    internal void Return()
    {
        if (isBorrowed)
        {
            ArrayPool<byte>.Shared.Return(Pixels);
        }
    }

    /// <summary>The bytes of one row.</summary>
    internal Span<byte> Row(int y) => Pixels.AsSpan(y * Width * Channels, Width * Channels);
}
