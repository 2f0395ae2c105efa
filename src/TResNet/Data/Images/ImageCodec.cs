// The native libraries that decode images, loaded at first use, so that a machine which never sees an image needs none. Two are Debian's, one is NuGet's.

using System.Runtime.InteropServices;

namespace TResNet.Data.Images;

/// <summary>A native library that decodes one image format.</summary>
internal sealed class ImageCodec
{
    private readonly Lazy<bool> found;

    internal ImageCodec(string format, string library, string? package)
    {
        (Format, Library, Package) = (format, library, package);
        found = new Lazy<bool>(() => NativeLibrary.TryLoad(library, typeof(ImageCodec).Assembly, null, out _));
    }

    /// <summary>JPEG, by libjpeg-turbo.</summary>
    public static ImageCodec Jpeg { get; } = new("JPEG", TurboJpeg.Library, "libturbojpeg0");

    /// <summary>PNG, by libpng.</summary>
    public static ImageCodec Png { get; } = new("PNG", LibPng.Library, "libpng16-16");

    /// <summary>WebP, GIF and BMP, and PNG of 16 bits of colour, by Skia.</summary>
    public static ImageCodec Skia { get; } = new("WebP, GIF, BMP", SkiaDecoder.Library, package: null);

    /// <summary>What it decodes: <c>JPEG</c>.</summary>
    public string Format { get; }

    /// <summary>The library's file name: <c>libturbojpeg.so.0</c>.</summary>
    public string Library { get; }

    /// <summary>The Debian package that holds it; null for one that is built along with the program.</summary>
    public string? Package { get; }

    /// <summary>Whether the library is on this machine.</summary>
    public bool IsFound => found.Value;

    /// <summary>Whether the part that a crop needs can be decoded alone; if not, JPEG images take longer to load and give the same pixels.</summary>
    public bool DecodesParts => this == Jpeg && IsFound && PartDecoder.IsFound;

    /// <summary>Makes sure that the library is there.</summary>
    /// <exception cref="TResNetException">It is not; the sentence says what to install.</exception>
    public void Require()
    {
        if (!IsFound)
        {
            throw new TResNetException(
                Package is null
                    ? $"{Format} images need {Library}, which came with the program and is not beside it any more; build or install the program again."
                    : $"{Format} images need {Library}, which is not on this machine; install it with `apt-get install {Package}`."
            );
        }
    }
}
