// JPEG by libturbojpeg's encoder (turbojpeg.h, tjCompress2).

using System.Runtime.InteropServices;

namespace TResNet.Data.Images;

/// <summary>Encodes images. Not shared between threads.</summary>
internal sealed class JpegEncoder : SafeHandle
{
    private const int Rgb = 0;
    private const int Colors420 = 2;

    // The buffer is ours, and large enough for whatever comes.
    private const int NoRealloc = 1024;

    internal JpegEncoder()
        : base(0, ownsHandle: true) { }

    public override bool IsInvalid => handle == 0;

    /// <summary>Encodes an image.</summary>
    /// <param name="image">The image.</param>
    /// <param name="quality">1 to 100.</param>
    /// <param name="subsampling">TurboJPEG's number: 0 for colours at full resolution, 1 at half across, 2 at half both ways (4:2:0), 4 at half down.</param>
    /// <exception cref="TResNetException">The library is not on this machine.</exception>
    public static byte[] Encode(RgbImage image, int quality, int subsampling = Colors420)
    {
        ImageCodec.Jpeg.Require();
        using var encoder = tjInitCompress();
        if (encoder.IsInvalid)
        {
            throw new OutOfMemoryException("libturbojpeg gave no encoder.");
        }

        var buffer = GC.AllocateUninitializedArray<byte>(
            checked((int)tjBufSize(image.Width, image.Height, subsampling))
        );
        var pinned = GCHandle.Alloc(buffer, GCHandleType.Pinned);
        try
        {
            var file = pinned.AddrOfPinnedObject();
            var length = (nuint)buffer.Length;
            var result = tjCompress2(
                encoder,
                in image.Pixels[0],
                image.Width,
                pitch: 0,
                image.Height,
                Rgb,
                ref file,
                ref length,
                subsampling,
                quality,
                NoRealloc
            );
            return result == 0
                ? buffer[..(int)length]
                : throw new InvalidOperationException(
                    $"libturbojpeg encodes no image of {image.Width} x {image.Height}."
                );
        }
        finally
        {
            pinned.Free();
        }
    }

    protected override bool ReleaseHandle() => tjDestroy(handle) == 0;

    [DllImport(TurboJpeg.Library)]
    private static extern JpegEncoder tjInitCompress();

    [DllImport(TurboJpeg.Library)]
    private static extern nuint tjBufSize(int width, int height, int subsampling);

    [DllImport(TurboJpeg.Library)]
    private static extern int tjCompress2(
        JpegEncoder handle,
        in byte pixels,
        int width,
        int pitch,
        int height,
        int format,
        ref nint file,
        ref nuint length,
        int subsampling,
        int quality,
        int flags
    );

    [DllImport(TurboJpeg.Library)]
    private static extern int tjDestroy(nint handle);
}
