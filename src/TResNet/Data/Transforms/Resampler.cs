// Resizing as PIL's Image.resize does it for eight bits: across first, then down, each rounded to eight bits, with integer weights. The values
// are PIL's, so a network sees here what it saw when it was trained there.

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Resizes images.</summary>
internal static class Resampler
{
    private const int Half = 1 << (ResampleFilter.Precision - 1);

    /// <summary>Resizes a whole image.</summary>
    public static RgbImage Resize(RgbImage source, int width, int height, Interpolation interpolation) =>
        Resize(source, new PixelBox(0, 0, source.Width, source.Height), width, height, interpolation);

    /// <summary>Crops and resizes.</summary>
    /// <param name="source">The image.</param>
    /// <param name="from">The part of it to resize, on the image.</param>
    /// <param name="width">Pixels across to resize it to.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="interpolation">The filter.</param>
    public static RgbImage Resize(RgbImage source, PixelBox from, int width, int height, Interpolation interpolation) =>
        Resize(source, from, (width, height), (0, 0), (width, height), interpolation);

    /// <summary>Crops, resizes, and crops the result, of which only that part is computed.</summary>
    /// <param name="source">The image.</param>
    /// <param name="from">The part of it to resize, on the image.</param>
    /// <param name="full">What it is resized to.</param>
    /// <param name="corner">The top left corner of the wanted part of that.</param>
    /// <param name="wanted">The size of the wanted part, on the resized image.</param>
    /// <param name="interpolation">The filter.</param>
    public static RgbImage Resize(
        RgbImage source,
        PixelBox from,
        (int Width, int Height) full,
        (int Left, int Top) corner,
        (int Width, int Height) wanted,
        Interpolation interpolation
    )
    {
        var across = new ResampleFilter(
            interpolation,
            source.Width,
            from.Left,
            from.Width,
            full.Width,
            corner.Left,
            wanted.Width
        );
        var down = new ResampleFilter(
            interpolation,
            source.Height,
            from.Top,
            from.Height,
            full.Height,
            corner.Top,
            wanted.Height
        );
        var result = RgbImage.Uninitialized(wanted.Width, wanted.Height);
        var (low, rowBytes) = (down.Low, wanted.Width * RgbImage.Channels);
        var rows = down.High - low;
        var between = ArrayPool<byte>.Shared.Rent(rows * rowBytes);
        var padded = ArrayPool<byte>.Shared.Rent(source.Width * RgbImage.Channels + 1);
        try
        {
            // Two rows at a time; a last odd one is done twice.
            for (var row = 0; row < rows; row += 2)
            {
                var other = Math.Min(row + 1, rows - 1);
                Across(
                    Padded(low + row),
                    Padded(low + other),
                    between.AsSpan(row * rowBytes, rowBytes),
                    between.AsSpan(other * rowBytes, rowBytes),
                    across
                );
            }

            for (var row = 0; row < wanted.Height; row++)
            {
                var weights = down.At(row, out var start);
                Down(between.AsSpan((start - low) * rowBytes), result.Row(row), weights);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(padded);
            ArrayPool<byte>.Shared.Return(between);
        }

        return result;

        // Pixels are read four bytes at a time, and nothing is ours behind the image's last three.
        ReadOnlySpan<byte> Padded(int y)
        {
            var line = source.Row(y);
            if (y < source.Height - 1)
            {
                return line;
            }

            line.CopyTo(padded);
            return padded;
        }
    }

    /// <summary>Filters two rows. Both go on for at least a byte behind their last pixel.</summary>
    private static void Across(
        ReadOnlySpan<byte> line,
        ReadOnlySpan<byte> otherLine,
        Span<byte> result,
        Span<byte> otherResult,
        ResampleFilter filter
    )
    {
        ref var pixels = ref MemoryMarshal.GetReference(line);
        ref var otherPixels = ref MemoryMarshal.GetReference(otherLine);
        for (int to = 0, index = 0; to < result.Length; to += RgbImage.Channels, index++)
        {
            var weights = filter.At(index, out var at);
            at *= RgbImage.Channels;
            var sum = Vector256.Create(Half);
            foreach (var weight in weights)
            {
                var pair =
                    Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref pixels, at))
                    | ((ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref otherPixels, at)) << 32);
                var bytes = Vector256.CreateScalarUnsafe(pair).AsByte();
                sum += Vector256.WidenLower(Vector256.WidenLower(bytes)).AsInt32() * weight;
                at += RgbImage.Channels;
            }

            sum = Clamp(sum);
            result[to] = (byte)sum[0];
            result[to + 1] = (byte)sum[1];
            result[to + 2] = (byte)sum[2];
            otherResult[to] = (byte)sum[4];
            otherResult[to + 1] = (byte)sum[5];
            otherResult[to + 2] = (byte)sum[6];
        }
    }

    /// <summary>Weights rows that lie one behind the other and adds them up.</summary>
    private static void Down(ReadOnlySpan<byte> rows, Span<byte> result, ReadOnlySpan<int> weights)
    {
        ref var source = ref MemoryMarshal.GetReference(rows);
        ref var target = ref MemoryMarshal.GetReference(result);
        var at = 0;
        for (; at <= result.Length - Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var (first, second) = (Vector256.Create(Half), Vector256.Create(Half));
            ref var pixels = ref Unsafe.Add(ref source, at);
            foreach (var weight in weights)
            {
                var wide = Vector256.WidenLower(Vector128.LoadUnsafe(ref pixels).ToVector256Unsafe());
                first += Vector256.WidenLower(wide).AsInt32() * weight;
                second += Vector256.WidenUpper(wide).AsInt32() * weight;
                pixels = ref Unsafe.Add(ref pixels, result.Length);
            }

            var sums = Vector256.Narrow(Clamp(first), Clamp(second)).AsUInt16();
            Vector128.Narrow(sums.GetLower(), sums.GetUpper()).StoreUnsafe(ref target, (nuint)at);
        }

        for (; at < result.Length; at++)
        {
            var sum = Half;
            for (var tap = 0; tap < weights.Length; tap++)
            {
                sum += rows[tap * result.Length + at] * weights[tap];
            }

            result[at] = (byte)Math.Clamp(sum >> ResampleFilter.Precision, 0, 255);
        }
    }

    private static Vector256<int> Clamp(Vector256<int> sum) =>
        Vector256.Min(Vector256.Max(sum >> ResampleFilter.Precision, Vector256<int>.Zero), Vector256.Create(255));
}
