// The TurboJPEG 2.x API of libjpeg-turbo (turbojpeg.h), as much of it as decoding needs.

using System.Runtime.InteropServices;

namespace TResNet.Data.Images;

/// <summary>A decompressor of libturbojpeg. Not shared between threads.</summary>
internal sealed class TurboJpeg : SafeHandle
{
    public const string Library = "libturbojpeg.so.0";

    private const int Failed = -1;
    private const int Warning = 0;

    // Refuses progressive files whose scans are so many that a small one keeps a core busy for minutes.
    private const int LimitScans = 32768;

    private static readonly string[] Harmless =
    [
        "extraneous bytes before marker",
        "Unknown Adobe color transform",
        "unknown JFIF revision",
        "Inconsistent progression sequence",
        "Invalid SOS parameters for sequential",
    ];

    internal TurboJpeg()
        : base(0, ownsHandle: true) { }

    /// <summary>The pixel formats of <c>TJPF</c> that are asked for.</summary>
    public enum PixelFormat
    {
        Rgb = 0,
        Cmyk = 11,
    }

    /// <summary>The colour spaces of <c>TJCS</c>.</summary>
    public enum ColorSpace
    {
        Unknown = -1,
        Rgb = 0,
        YCbCr = 1,
        Grey = 2,
        Cmyk = 3,
        Ycck = 4,
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>A new decompressor.</summary>
    /// <exception cref="TResNetException">The library is not on this machine.</exception>
    public static TurboJpeg Create()
    {
        ImageCodec.Jpeg.Require();
        var decompressor = tjInitDecompress();
        return decompressor.IsInvalid
            ? throw new OutOfMemoryException("libturbojpeg gave no decompressor.")
            : decompressor;
    }

    /// <summary>Reads the header.</summary>
    /// <returns>Width and height in pixels and the colour space; null where the header is damaged (<see cref="Reason"/>).</returns>
    public (int Width, int Height, ColorSpace Colors)? Header(ReadOnlySpan<byte> file)
    {
        ref var bytes = ref MemoryMarshal.GetReference(file);
        var result = tjDecompressHeader3(
            this,
            in bytes,
            (nuint)file.Length,
            out var width,
            out var height,
            out var subsampling,
            out var colors
        );

        // A subsampling that TurboJPEG has no name for fails after all was read, and decodes all the same.
        var isRead = colors >= 0 && width > 0 && height > 0;
        return result != Failed || (isRead && (subsampling < 0 || HasHarmlessWarning))
            ? (width, height, (ColorSpace)colors)
            : null;
    }

    /// <summary>Decodes the whole image.</summary>
    /// <param name="file">The file.</param>
    /// <param name="pixels">Where they go, row by row without gaps.</param>
    /// <param name="width">A width that a scaling factor gives.</param>
    /// <param name="height">The height that the same factor gives.</param>
    /// <param name="format">How a pixel is laid out.</param>
    /// <returns>Whether the image is whole; if not, <see cref="Reason"/>.</returns>
    public bool Decompress(ReadOnlySpan<byte> file, Span<byte> pixels, int width, int height, PixelFormat format)
    {
        var result = tjDecompress2(
            this,
            in MemoryMarshal.GetReference(file),
            (nuint)file.Length,
            ref MemoryMarshal.GetReference(pixels),
            width,
            pitch: 0,
            height,
            (int)format,
            LimitScans
        );
        return result != Failed || HasHarmlessWarning;
    }

    /// <summary>Why the last call failed, in the library's words.</summary>
    public string Reason()
    {
        var text = Marshal.PtrToStringUTF8(tjGetErrorStr2(this)) ?? "";
        var name = text.IndexOf("(): ", StringComparison.Ordinal);
        return name < 0 ? text : text[(name + 4)..];
    }

    /// <summary>What a side may be divided by while decoding, largest first; the last is 1.</summary>
    /// <remarks>Scales between, such as 5/8, exist but have no vector code: they take longer than the whole image.</remarks>
    public static int[] Divisors()
    {
        var factors = tjGetScalingFactors(out var count);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    (Numerator: Marshal.ReadInt32(factors, 8 * i), Denominator: Marshal.ReadInt32(factors, 8 * i + 4))
                )
                .Where(factor => factor.Numerator == 1)
                .Select(factor => factor.Denominator)
                .OrderDescending(),
        ];
    }

    protected override bool ReleaseHandle() => tjDestroy(handle) == 0;

    // libjpeg decodes on after a warning. Stray bytes between segments lose nothing; what is missing or misread inside one does. An error that comes
    // after a warning has the code of a warning, so only what is known to be harmless is.
    private bool HasHarmlessWarning => tjGetErrorCode(this) == Warning && Harmless.Any(Reason().Contains);

    [DllImport(Library)]
    private static extern TurboJpeg tjInitDecompress();

    [DllImport(Library)]
    private static extern int tjDecompressHeader3(
        TurboJpeg handle,
        in byte file,
        nuint length,
        out int width,
        out int height,
        out int subsampling,
        out int colors
    );

    [DllImport(Library)]
    private static extern int tjDecompress2(
        TurboJpeg handle,
        in byte file,
        nuint length,
        ref byte pixels,
        int width,
        int pitch,
        int height,
        int format,
        int flags
    );

    [DllImport(Library)]
    private static extern nint tjGetScalingFactors(out int count);

    [DllImport(Library)]
    private static extern nint tjGetErrorStr2(TurboJpeg handle);

    [DllImport(Library)]
    private static extern int tjGetErrorCode(TurboJpeg handle);

    [DllImport(Library)]
    private static extern int tjDestroy(nint handle);
}
