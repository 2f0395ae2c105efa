// TIFF 6.0 (Adobe, 1992), BigTIFF too, by LibTiff.NET. The first page, as PIL's convert("RGB") has it.

using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;

namespace TResNet.Data.Images;

/// <summary>A TIFF file.</summary>
internal sealed class TiffImage : SourceImage
{
    private const string Format = "TIFF";

    private readonly ReadOnlyMemory<byte> file;

    private TiffImage(ReadOnlyMemory<byte> file, string name, TiffLayout layout)
        : base(name, layout.Width, layout.Height, layout.Orientation)
    {
        this.file = file;
        Note =
            layout.HasMorePages ? SourceNote.FirstPage
            : layout is { Bits: 16, Colors: 1 } ? SourceNote.SixteenBits
            : null;
    }

    /// <summary>Reads the header.</summary>
    public static TiffImage Read(ReadOnlyMemory<byte> file, string name, ImageLimits limits)
    {
        TiffDirectory.Require(file.Span, name, limits);
        return Use(
            file,
            name,
            tiff =>
            {
                var layout = TiffLayout.Read(tiff, name);
                limits.Require(name, layout.Width, layout.Height, long.MaxValue);
                layout.RequireBelievable(tiff, name, file.Length, limits);
                return new TiffImage(file, name, layout);
            }
        );
    }

    private protected override DecodedPart DecodeInto(
        Func<int, int, RgbImage> make,
        int leastWidth,
        int leastHeight,
        PixelArea wanted
    ) =>
        Use(
            file,
            Name,
            tiff =>
            {
                var layout = TiffLayout.Read(tiff, Name);
                var image = make(layout.Width, layout.Height);
                if (!TiffPixels.Read(tiff, layout, image))
                {
                    throw Damaged(Name, Format, TiffMessages.Last ?? "its data make no sense");
                }

                return DecodedPart.Of(image);
            }
        );

    /// <summary>Does something with the open file.</summary>
    private static T Use<T>(ReadOnlyMemory<byte> file, string name, Func<Tiff, T> use)
    {
        TiffMessages.Collect();
        try
        {
            using var stream = StreamOf(file);
            using var tiff =
                Tiff.ClientOpen(name, "r", stream, new TiffStream())
                ?? throw Damaged(name, Format, TiffMessages.Last ?? "its header makes no sense");
            return use(tiff);
        }
        // The library takes what a damaged file says for granted, and is as safe as C# is.
        catch (Exception e) when (e is not TResNetException and not OutOfMemoryException)
        {
            throw Damaged(name, Format, TiffMessages.Last ?? "its data make no sense");
        }
    }

    private static MemoryStream StreamOf(ReadOnlyMemory<byte> file) =>
        MemoryMarshal.TryGetArray(file, out var array)
            ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
            : new MemoryStream(file.ToArray(), writable: false);
}

/// <summary>What LibTiff.NET says on this thread; it would write it to the console.</summary>
internal sealed class TiffMessages : TiffErrorHandler
{
    [ThreadStatic]
    private static string? last;

    static TiffMessages() => Tiff.SetErrorHandler(new TiffMessages());

    /// <summary>What was said last of an error; null for nothing.</summary>
    public static string? Last => last;

    /// <summary>Forgets what was said.</summary>
    public static void Collect() => last = null;

    public override void ErrorHandler(Tiff tif, string method, string format, params object[] args) =>
        last ??= Text(format, args);

    public override void ErrorHandlerExt(
        Tiff tif,
        object clientData,
        string method,
        string format,
        params object[] args
    ) { }

    public override void WarningHandler(Tiff tif, string method, string format, params object[] args) { }

    public override void WarningHandlerExt(
        Tiff tif,
        object clientData,
        string method,
        string format,
        params object[] args
    ) { }

    private static string Text(string format, object[] args)
    {
        try
        {
            var text = string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args);
            return text.ReplaceLineEndings(" ").Length <= 120 ? text.ReplaceLineEndings(" ") : text[..120];
        }
        catch (FormatException)
        {
            return format;
        }
    }
}
