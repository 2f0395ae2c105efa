// The simplified API of libpng 1.6 (png.h, section 5 "SIMPLIFIED API"). It catches its own long jumps, so nothing escapes into C#.

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace TResNet.Data.Images;

/// <summary>Reads one PNG file.</summary>
internal sealed class LibPng : IDisposable
{
    public const string Library = "libpng16.so.16";

    private const uint Version = 1;

    // libpng remembers where both of these are between its calls.
    private readonly Image[] image = GC.AllocateArray<Image>(1, pinned: true);
    private readonly ReadOnlyMemory<byte> file;
    private MemoryHandle pin;

    /// <summary>A reader of a file in memory.</summary>
    /// <exception cref="TResNetException">The library is not on this machine.</exception>
    public LibPng(ReadOnlyMemory<byte> file)
    {
        ImageCodec.Png.Require();
        (this.file, pin) = (file, file.Pin());
        image[0].Version = Version;
    }

    /// <summary>Width in pixels.</summary>
    public uint Width => image[0].Width;

    /// <summary>Height in pixels.</summary>
    public uint Height => image[0].Height;

    /// <summary>Whether the file has an alpha channel or a transparent colour.</summary>
    public bool HasAlpha => (image[0].Format & (uint)PixelFormat.Alpha) != 0;

    private ref byte Raw => ref MemoryMarshal.GetReference(MemoryMarshal.AsBytes(image.AsSpan()));

    /// <summary>The formats of <c>PNG_FORMAT</c> that are asked for.</summary>
    [Flags]
    public enum PixelFormat : uint
    {
        Alpha = 1,
        Rgb = 2,
        Rgba = Rgb | Alpha,
    }

    /// <summary>Reads up to the pixels.</summary>
    /// <returns>Whether it went well; if not, <see cref="Reason"/>.</returns>
    public bool Begin() =>
        png_image_begin_read_from_memory(ref Raw, in MemoryMarshal.GetReference(file.Span), (nuint)file.Length) != 0;

    /// <summary>Decodes the pixels.</summary>
    /// <param name="pixels">Where they go, row by row without gaps.</param>
    /// <param name="format">How a pixel is laid out, eight bits a channel.</param>
    /// <returns>Whether the image is whole; if not, <see cref="Reason"/>.</returns>
    public bool Finish(Span<byte> pixels, PixelFormat format)
    {
        image[0].Format = (uint)format;
        return png_image_finish_read(ref Raw, 0, ref MemoryMarshal.GetReference(pixels), rowStride: 0, 0) != 0;
    }

    /// <summary>Why the last call failed, in the library's words.</summary>
    public string Reason()
    {
        ReadOnlySpan<byte> text = image[0].Message;
        var end = text.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? text : text[..end]);
    }

    public void Dispose()
    {
        png_image_free(ref Raw);
        pin.Dispose();
    }

    [DllImport(Library)]
    private static extern int png_image_begin_read_from_memory(ref byte image, in byte file, nuint length);

    [DllImport(Library)]
    private static extern int png_image_finish_read(
        ref byte image,
        nint background,
        ref byte pixels,
        int rowStride,
        nint colormap
    );

    [DllImport(Library)]
    private static extern void png_image_free(ref byte image);

    /// <summary><c>png_image</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Image
    {
        public nint Opaque;
        public uint Version;
        public uint Width;
        public uint Height;
        public uint Format;
        public uint Flags;
        public uint ColormapEntries;
        public uint WarningOrError;
        public Text Message;
    }

    [InlineArray(64)]
    private struct Text
    {
        private byte first;
    }
}
