// torchvision's ToTensor and Normalize in one pass: bytes that alternate between the colours become a plane of floats for each, with the values
// that PyTorch computes, bit for bit.

using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TResNet.Data.Images;

namespace TResNet.Data;

/// <summary>Writes pixels as a network's input.</summary>
/// <param name="scale">The numbers.</param>
internal sealed class PixelPlanes(PixelScale scale)
{
    private const int Step = 16;

    private readonly float[] _mean = [.. scale.Mean.Select(value => (float)value)];
    private readonly float[] _std = [.. scale.Std.Select(value => (float)value)];

    // Where the sixteen values of each colour lie in three vectors of sixteen bytes; 255 is elsewhere, and gives 0.
    private static readonly Vector128<byte>[][] Picks =
    [
        .. Enumerable
            .Range(0, RgbImage.Channels)
            .Select(color => Enumerable.Range(0, RgbImage.Channels).Select(part => Pick(color, part)).ToArray()),
    ];

    /// <summary>Writes an image as <c>[3, height, width]</c>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="planes">As many floats as the image has bytes.</param>
    public void Write(RgbImage image, Span<float> planes)
    {
        var size = image.Width * image.Height;
        for (var color = 0; color < RgbImage.Channels; color++)
        {
            Write(image.Pixels, color, planes.Slice(color * size, size));
        }
    }

    private void Write(ReadOnlySpan<byte> pixels, int color, Span<float> plane)
    {
        var (mean, std) = (_mean[color], _std[color]);
        var isPlain = mean == 0 && std == 1;
        var (mean8, std8, white) = (Vector256.Create(mean), Vector256.Create(std), Vector256.Create(255f));
        var (pick0, pick1, pick2) = (Picks[color][0], Picks[color][1], Picks[color][2]);
        ref var source = ref MemoryMarshal.GetReference(pixels);
        ref var target = ref MemoryMarshal.GetReference(plane);
        var at = 0;
        for (; at <= plane.Length - Step; at += Step)
        {
            var from = (nuint)(at * RgbImage.Channels);
            var bytes =
                Vector128.Shuffle(Vector128.LoadUnsafe(ref source, from), pick0)
                | Vector128.Shuffle(Vector128.LoadUnsafe(ref source, from + Step), pick1)
                | Vector128.Shuffle(Vector128.LoadUnsafe(ref source, from + 2 * Step), pick2);
            var wide = Vector256.WidenLower(bytes.ToVector256Unsafe());
            Floats(Vector256.WidenLower(wide)).StoreUnsafe(ref target, (nuint)at);
            Floats(Vector256.WidenUpper(wide)).StoreUnsafe(ref target, (nuint)at + Step / 2);
        }

        for (; at < plane.Length; at++)
        {
            plane[at] = (pixels[at * RgbImage.Channels + color] / 255f - mean) / std;
        }

        Vector256<float> Floats(Vector256<uint> values)
        {
            var share = Vector256.ConvertToSingle(values.AsInt32()) / white;
            return isPlain ? share : (share - mean8) / std8;
        }
    }

    private static Vector128<byte> Pick(int color, int part)
    {
        var pick = new byte[Step];
        for (var i = 0; i < Step; i++)
        {
            var at = RgbImage.Channels * i + color - part * Step;
            pick[i] = at is >= 0 and < Step ? (byte)at : byte.MaxValue;
        }

        return Vector128.Create(pick);
    }
}
