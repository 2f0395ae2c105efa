// native/jpeg_part.c: what libjpeg-turbo can and its TurboJPEG 2.x API cannot.

using System.Runtime.InteropServices;
using TResNet.Compute;

namespace TResNet.Data.Images;

/// <summary>Decodes parts of JPEG files. It is built with the program where libjpeg-turbo's headers are; without it, images are decoded whole.</summary>
internal static class PartDecoder
{
    private static readonly Lazy<bool> Found = new(() =>
        NativeLibrary.TryLoad(NativeLibraries.PartDecoder, typeof(PartDecoder).Assembly, null, out _)
    );

    /// <summary>Whether it is there.</summary>
    public static bool IsFound => Found.Value;

    /// <summary>Decodes a rectangle.</summary>
    /// <param name="file">The file.</param>
    /// <param name="divisor">What the image's sides are divided by.</param>
    /// <param name="left">The first column at that scale, where a unit begins.</param>
    /// <param name="top">The first row.</param>
    /// <param name="bottom">The row after the last; those below are not read.</param>
    /// <param name="part">As many columns and rows, to be written.</param>
    /// <returns>Whether all is as it should be; if not, only the whole image tells what is wrong.</returns>
    public static bool Decode(ReadOnlySpan<byte> file, int divisor, int left, int top, int bottom, RgbImage part) =>
        tresnet_jpeg_part(
            in MemoryMarshal.GetReference(file),
            (nuint)file.Length,
            (uint)divisor,
            (uint)left,
            (uint)top,
            (uint)part.Width,
            (uint)bottom,
            ref part.Pixels[0]
        ) != 0;

    [DllImport(NativeLibraries.PartDecoder)]
    private static extern int tresnet_jpeg_part(
        in byte file,
        nuint length,
        uint divisor,
        uint left,
        uint top,
        uint width,
        uint bottom,
        ref byte pixels
    );
}
