// Skia's decoders (SkiaSharp), for the formats that neither libturbojpeg nor libpng reads. No colour profile is applied, and alpha not multiplied in.

using System.Buffers;
using System.Runtime.CompilerServices;
using SkiaSharp;

namespace TResNet.Data.Images;

/// <summary>Reads one file.</summary>
internal sealed class SkiaDecoder : IDisposable
{
    public const string Library = "libSkiaSharp";

    private readonly string name;
    private readonly string format;
    private MemoryHandle pin;
    private SKData? data;
    private SKCodec? codec;

    private SkiaDecoder(ReadOnlyMemory<byte> file, string name, string format) =>
        (this.name, this.format, pin) = (name, format, file.Pin());

    /// <summary>Width in pixels.</summary>
    public int Width => codec!.Info.Width;

    /// <summary>Height in pixels.</summary>
    public int Height => codec!.Info.Height;

    /// <summary>Reads the header of a file in memory.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="format">What it is: <c>WebP</c>.</param>
    /// <exception cref="TResNetException">It is damaged, or the library is not on this machine.</exception>
    public static SkiaDecoder Open(ReadOnlyMemory<byte> file, string name, string format)
    {
        ImageCodec.Skia.Require();
        var decoder = new SkiaDecoder(file, name, format);
        try
        {
            decoder.Begin(file.Length);
            return decoder;
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    /// <summary>Decodes the first frame.</summary>
    /// <returns>Red, green, blue and alpha of each pixel, row by row.</returns>
    /// <exception cref="TResNetException">The image is not whole.</exception>
    public unsafe byte[] Decode()
    {
        var info = new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Unpremul, colorspace: null);
        var pixels = GC.AllocateUninitializedArray<byte>(checked(Width * Height * 4));
        fixed (byte* first = pixels)
        {
            var result = codec!.GetPixels(info, (nint)first);
            return result == SKCodecResult.Success ? pixels : throw Damaged(result);
        }
    }

    public void Dispose()
    {
        codec?.Dispose();
        data?.Dispose();
        pin.Dispose();
    }

    // Apart, so that a machine without the library gets its sentence before anything of it is looked for.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private unsafe void Begin(int length)
    {
        data = SKData.Create((nint)pin.Pointer, length);
        using var stream = new SKMemoryStream(data);
        codec = SKCodec.Create(stream, out var result) ?? throw Damaged(result);
    }

    private TResNetException Damaged(SKCodecResult result) =>
        SourceImage.Damaged(
            name,
            format,
            result switch
            {
                SKCodecResult.IncompleteInput => "it ends too soon",
                SKCodecResult.Unimplemented => "it is of a kind that is not read",
                _ => "its data make no sense",
            }
        );
}
