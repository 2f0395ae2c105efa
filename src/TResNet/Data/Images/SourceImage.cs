// An image whose size is known and whose pixels come when asked for: a crop is chosen first, then no more is decoded than it needs.

using TResNet.Files;

namespace TResNet.Data.Images;

/// <summary>One image of a source, still to be decoded. Sides are those of the upright picture, after EXIF's orientation.</summary>
/// <example><code>
/// using TResNet.Data.Images;
///
/// var image = SourceImage.Open("tulip.jpg");
/// RgbImage pixels = image.Decode();                  // all of them
/// RgbImage small = image.Decode(leastSide: 224);     // at the smallest scale of the format with both sides at least 224
/// </code></example>
public abstract class SourceImage
{
    // What the bytes of a name become that are no UTF-8.
    private const char UnreadableCharacter = '\uFFFD';

    private readonly int orientation;

    private protected SourceImage(string name, int storedWidth, int storedHeight, int orientation)
    {
        this.orientation = orientation;
        Name = name;
        (Width, Height) = Orientation.SwapsSides(orientation)
            ? (storedHeight, storedWidth)
            : (storedWidth, storedHeight);
    }

    /// <summary>What messages call it: its path, or its place in a larger file.</summary>
    public string Name { get; }

    /// <summary>Width in pixels, upright.</summary>
    public int Width { get; }

    /// <summary>Height in pixels, upright.</summary>
    public int Height { get; }

    /// <summary>What is said once of images like this one, as the end of a sentence (<see cref="SourceNote"/>); null where nothing is.</summary>
    internal string? Note { get; private protected init; }

    /// <summary>Reads a file's bytes and its header.</summary>
    /// <param name="path">A file of any of these formats, whatever it is called: JPEG, PNG, WebP, GIF, BMP, TIFF, PNM.</param>
    /// <exception cref="TResNetException">The file cannot be read, is of another format, is damaged, or is larger than allowed.</exception>
    public static SourceImage Open(string path) => Open(path, ImageLimits.Default, memory: null);

    /// <summary>Reads a file's bytes and its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="limits">The largest image to read.</param>
    /// <param name="memory">Where the bytes shall lie, which the image then must not outlive; null for memory of its own.</param>
    internal static SourceImage Open(string path, ImageLimits limits, FileMemory? memory = null)
    {
        try
        {
            RegularFile.Require(path);
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            var length = RandomAccess.GetLength(file);
            if (length > limits.MaxFileBytes)
            {
                throw new TResNetException(
                    $"{path} has {length:N0} bytes, but at most {limits.MaxFileBytes:N0} are read; "
                        + $"make the image smaller or raise {nameof(ImageLimits)}.{nameof(ImageLimits.MaxFileBytes)}."
                );
            }

            var bytes = memory?.Take((int)length) ?? GC.AllocateUninitializedArray<byte>((int)length);
            var filled = 0;
            for (
                int read;
                filled < bytes.Length && (read = RandomAccess.Read(file, bytes.Span[filled..], filled)) > 0;

            )
            {
                filled += read;
            }

            return Parse(bytes[..filled], path, limits);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TResNetException(
                path.Contains(UnreadableCharacter)
                    ? $"{path} has a name that is not UTF-8; rename it (convmv -f latin1 -t utf8 --notest renames many)."
                    : $"{path} does not exist; check the name.",
                missing
            );
        }
        // A path from a list may hold characters that no path can.
        catch (Exception unreadable)
            when (unreadable is UnauthorizedAccessException or IOException or ArgumentException)
        {
            throw ReadFailure.Of(path, unreadable);
        }
    }

    /// <summary>Reads the header of an encoded image.</summary>
    /// <param name="bytes">A whole file; kept until the image is forgotten.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="TResNetException">The bytes are of another format, are damaged, or announce more pixels than allowed.</exception>
    public static SourceImage Parse(ReadOnlyMemory<byte> bytes, string name) => Parse(bytes, name, ImageLimits.Default);

    /// <summary>The same, for images up to another size.</summary>
    internal static SourceImage Parse(ReadOnlyMemory<byte> bytes, string name, ImageLimits limits)
    {
        var file = bytes.Span;
        return FileKind.IsJpeg(file) ? JpegImage.Read(bytes, name, limits)
            : FileKind.IsPng(file) ? PngImage.Read(bytes, name, limits)
            : FileKind.IsWebP(file) ? SkiaImage.ReadWebP(bytes, name, limits)
            : FileKind.IsGif(file) ? SkiaImage.ReadGif(bytes, name, limits)
            : FileKind.IsBmp(file) ? SkiaImage.ReadBmp(bytes, name, limits)
            : FileKind.IsTiff(file) ? TiffImage.Read(bytes, name, limits)
            : FileKind.IsPortableAnyMap(file) ? PortableAnyMap.Read(bytes, name, limits)
            : throw FileKind.Refuse(name, file);
    }

    /// <summary>An image that is decoded already.</summary>
    /// <param name="pixels">The image; kept, not copied.</param>
    /// <param name="name">What messages call it.</param>
    public static SourceImage Of(RgbImage pixels, string name) => new PlainImage(pixels, name);

    /// <summary>All pixels, upright.</summary>
    /// <returns>An image of <see cref="Width"/> x <see cref="Height"/>.</returns>
    /// <exception cref="TResNetException">The file is damaged.</exception>
    public RgbImage Decode() => Decode(Width, Height);

    /// <summary>The pixels, upright, at a scale that costs less where fewer are needed.</summary>
    /// <param name="leastSide">The least width and height in pixels that will do; at least 1.</param>
    /// <returns>
    /// An image as large as <see cref="Decode()"/> gives or, of a JPEG, a half, a quarter or an eighth of it: the smallest of them with both sides
    /// at least as long as asked for.
    /// </returns>
    /// <exception cref="TResNetException">The file is damaged.</exception>
    public RgbImage Decode(int leastSide) => Decode(leastSide, leastSide);

    /// <summary>The pixels, upright, at a scale that costs less where fewer are needed.</summary>
    /// <param name="leastWidth">The least width in pixels that will do; at least 1.</param>
    /// <param name="leastHeight">The least height in pixels that will do; at least 1.</param>
    /// <returns>As with one side.</returns>
    /// <exception cref="TResNetException">The file is damaged.</exception>
    public RgbImage Decode(int leastWidth, int leastHeight)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(leastWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(leastHeight, 1);
        var all = new PixelArea(0, 0, Width, Height);
        var stored = DecodeStored(leastWidth, leastHeight, all, RgbImage.Uninitialized);
        return Orientation.Upright(stored.Pixels, orientation);
    }

    /// <summary>Makes something of the decoded image, which lives no longer than that: it may lie in an array that is longer than it.</summary>
    /// <param name="leastWidth">The least width in pixels that will do; at least 1.</param>
    /// <param name="leastHeight">The least height in pixels that will do; at least 1.</param>
    /// <param name="wanted">
    /// What is wanted of the upright image at its full size; the rest may be missing. Damage below goes unnoticed, unless the image was stored
    /// turned or mirrored.
    /// </param>
    /// <param name="use">What to make of it; not the pixels themselves.</param>
    internal T Use<T>(int leastWidth, int leastHeight, PixelArea wanted, Func<DecodedPart, T> use)
    {
        var stored = DecodeStored(leastWidth, leastHeight, wanted, RgbImage.Borrow);
        try
        {
            return use(Orientation.Upright(stored, orientation));
        }
        finally
        {
            stored.Pixels.Return();
        }
    }

    private DecodedPart DecodeStored(int leastWidth, int leastHeight, PixelArea wanted, Func<int, int, RgbImage> make)
    {
        if (orientation == 1)
        {
            return DecodeInto(make, leastWidth, leastHeight, wanted);
        }

        var swaps = Orientation.SwapsSides(orientation);
        var area = Orientation.Upright(wanted, Width, Height, Orientation.Inverse(orientation));
        return DecodeInto(
            make,
            swaps ? leastHeight : leastWidth,
            swaps ? leastWidth : leastHeight,
            area with
            {
                Bottom = swaps ? Width : Height,
            }
        );
    }

    /// <summary>The pixels as they lie in the file, both sides of the whole at least as long as asked for, or as long as they are.</summary>
    /// <param name="make">Makes the image to write on; not used where the pixels are there already.</param>
    /// <param name="leastWidth">The least width.</param>
    /// <param name="leastHeight">The least height.</param>
    /// <param name="wanted">What is wanted of the image at its full size; the rest may be missing.</param>
    private protected abstract DecodedPart DecodeInto(
        Func<int, int, RgbImage> make,
        int leastWidth,
        int leastHeight,
        PixelArea wanted
    );

    internal static TResNetException Damaged(string name, string format, string reason) =>
        new($"{name} is a damaged {format} image ({reason.Trim().TrimEnd('.')}); copy or download it again.");
}
