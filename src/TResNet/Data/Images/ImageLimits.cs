// What a file may claim before it is believed. The default number of pixels is the one at which PIL speaks of a decompression bomb.

namespace TResNet.Data.Images;

/// <summary>The largest image that is read. Checked against the header, before anything is allocated.</summary>
internal sealed record ImageLimits
{
    /// <summary>The limits that hold where none are given.</summary>
    public static ImageLimits Default { get; } = new();

    // Four bytes a pixel, as inks and alpha need while they are decoded, have to fit into one array.
    private const int Most = 500_000_000;

    /// <summary>The most pixels of an image, 1 to 500,000,000. The default, 178,956,970, takes 512 MiB.</summary>
    /// <exception cref="TResNetException">The value is out of range.</exception>
    public int MaxPixels
    {
        get;
        init => field = InRange(value, Most, nameof(MaxPixels));
    } = 178_956_970;

    /// <summary>The most bytes of an encoded file, 1 to 2,000,000,000. The default is 256 MiB.</summary>
    /// <exception cref="TResNetException">The value is out of range.</exception>
    public int MaxFileBytes
    {
        get;
        init => field = InRange(value, 4 * Most, nameof(MaxFileBytes));
    } = 256 << 20;

    /// <summary>Refuses an image that is too large, or larger than its file can hold.</summary>
    /// <param name="name">The file.</param>
    /// <param name="width">Width in pixels that the header announces.</param>
    /// <param name="height">Height in pixels that the header announces.</param>
    /// <param name="most">The most pixels that a file of this length can encode.</param>
    /// <exception cref="TResNetException">The image is refused.</exception>
    internal void Require(string name, long width, long height, long most)
    {
        // Neither side can exceed 2^31, so the product fits.
        var pixels = width * height;
        if (width < 1 || height < 1)
        {
            throw new TResNetException(
                $"{name} announces {width:N0} x {height:N0} pixels, which is no image; copy or download it again."
            );
        }

        if (pixels > MaxPixels)
        {
            throw new TResNetException(
                $"{name} announces {width:N0} x {height:N0} = {pixels:N0} pixels, but at most {MaxPixels:N0} are read; "
                    + $"make the image smaller or raise {nameof(ImageLimits)}.{nameof(MaxPixels)}."
            );
        }

        if (pixels > most)
        {
            throw new TResNetException(
                $"{name} announces {width:N0} x {height:N0} pixels, but a file of its length cannot hold them; copy or download it again."
            );
        }
    }

    private static int InRange(int value, int most, string name) =>
        value >= 1 && value <= most
            ? value
            : throw new TResNetException(
                $"{name} is {value:N0}, but it has to be from 1 to {most:N0}; choose another."
            );
}
