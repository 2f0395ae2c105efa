// Resizing as PIL's Image.resize does it for eight bits: across first, then down, each rounded to eight bits, with integer weights. The values
// are PIL's, so a network sees here what it saw when it was trained there.

using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Resizes images.</summary>
internal static class Resampler
{
    private const int Half = 1 << (ResampleFilter.Precision - 1);

    // A pair of pixels is read as eight bytes, of which six are its own.
    private const int Overread = 8;

    private const int RowsAtOnce = 4;
    private const int PixelsAtOnce = 4;

    /// <summary>Resizes a whole image.</summary>
    public static RgbImage Resize(RgbImage source, int width, int height, Interpolation interpolation) =>
        Resize(source, new PixelBox(0, 0, source.Width, source.Height), width, height, interpolation);

    /// <summary>Crops and resizes.</summary>
    /// <param name="source">The image.</param>
    /// <param name="from">The part of it to resize, on the image.</param>
    /// <param name="width">Pixels across to resize it to.</param>
    /// <param name="height">Pixels down.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="mirrored">Whether the result is mirrored left to right, which costs nothing here.</param>
    public static RgbImage Resize(
        RgbImage source,
        PixelBox from,
        int width,
        int height,
        Interpolation interpolation,
        bool mirrored = false
    ) => Resize(DecodedPart.Of(source), from, (width, height), (0, 0), (width, height), interpolation, mirrored);

    /// <summary>Crops, resizes, and crops the result, of which only that part is computed.</summary>
    /// <param name="decoded">The image, with at least the pixels that are resized.</param>
    /// <param name="from">The part of it to resize, on the whole image.</param>
    /// <param name="full">What it is resized to.</param>
    /// <param name="corner">The top left corner of the wanted part of that.</param>
    /// <param name="wanted">The size of the wanted part, on the resized image.</param>
    /// <param name="interpolation">The filter.</param>
    /// <param name="mirrored">Whether the wanted part is mirrored left to right.</param>
    public static RgbImage Resize(
        DecodedPart decoded,
        PixelBox from,
        (int Width, int Height) full,
        (int Left, int Top) corner,
        (int Width, int Height) wanted,
        Interpolation interpolation,
        bool mirrored = false
    )
    {
        var source = decoded.Pixels;
        var across = new ResampleFilter(
            interpolation,
            (decoded.Left, decoded.Width),
            from.Left,
            from.Width,
            full.Width,
            corner.Left,
            wanted.Width,
            mirrored
        );
        var down = new ResampleFilter(
            interpolation,
            (decoded.Top, decoded.Height),
            from.Top,
            from.Height,
            full.Height,
            corner.Top,
            wanted.Height
        );
        var result = RgbImage.Uninitialized(wanted.Width, wanted.Height);
        var (low, rowBytes) = (down.Low, wanted.Width * RgbImage.Channels);
        var rows = down.High - low;
        // Some rows more: four are written at once, and the second of a pair that has only one is read.
        var between = ArrayPool<byte>.Shared.Rent((rows + RowsAtOnce) * rowBytes);
        var padded = ArrayPool<byte>.Shared.Rent(Overread * (source.Width * RgbImage.Channels + Overread));
        try
        {
            // Four rows at a time; where there are fewer, the last is done again.
            for (var row = 0; row < rows; row += RowsAtOnce)
            {
                var last = rows - 1 - row;
                Across(
                    Padded(low + row),
                    Padded(low + row + Math.Min(1, last)),
                    Padded(low + row + Math.Min(2, last)),
                    Padded(low + row + Math.Min(3, last)),
                    between.AsSpan(row * rowBytes, RowsAtOnce * rowBytes),
                    rowBytes,
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

        // Nothing behind the image's last pixel is ours to read: the rows that end there are copied.
        ReadOnlySpan<byte> Padded(int y)
        {
            var line = source.Row(y);
            if ((y + 1) * line.Length + Overread <= source.Pixels.Length)
            {
                return line;
            }

            var copy = padded.AsSpan((source.Height - 1 - y) * (line.Length + Overread));
            line.CopyTo(copy);
            return copy;
        }
    }

    /// <summary>Filters four rows. Each goes on for some bytes behind its last pixel.</summary>
    private static void Across(
        ReadOnlySpan<byte> row0,
        ReadOnlySpan<byte> row1,
        ReadOnlySpan<byte> row2,
        ReadOnlySpan<byte> row3,
        Span<byte> results,
        int rowBytes,
        ResampleFilter filter
    )
    {
        ref var source0 = ref MemoryMarshal.GetReference(row0);
        ref var source1 = ref MemoryMarshal.GetReference(row1);
        ref var source2 = ref MemoryMarshal.GetReference(row2);
        ref var source3 = ref MemoryMarshal.GetReference(row3);
        ref var target = ref MemoryMarshal.GetReference(results);
        var (to, index) = (0, 0);
        // Sixteen bytes are written for the twelve of four pixels: what follows overwrites the others.
        for (; to <= rowBytes - Vector128<byte>.Count; to += PixelsAtOnce * RgbImage.Channels, index += PixelsAtOnce)
        {
            var first = Pixels(ref source0, ref source1, ref source2, ref source3, filter, index);
            var second = Pixels(ref source0, ref source1, ref source2, ref source3, filter, index + 1);
            var third = Pixels(ref source0, ref source1, ref source2, ref source3, filter, index + 2);
            var fourth = Pixels(ref source0, ref source1, ref source2, ref source3, filter, index + 3);
            var (top02, bottom02) = InTurn(first, third);
            var (top13, bottom13) = InTurn(second, fourth);
            var (line0, line1) = InTurn(top02, top13);
            var (line2, line3) = InTurn(bottom02, bottom13);
            ref var pixels = ref Unsafe.Add(ref target, to);
            Packed(line0).StoreUnsafe(ref pixels);
            Packed(line1).StoreUnsafe(ref pixels, (nuint)rowBytes);
            Packed(line2).StoreUnsafe(ref pixels, 2 * (nuint)rowBytes);
            Packed(line3).StoreUnsafe(ref pixels, 3 * (nuint)rowBytes);
        }

        for (; to < rowBytes; to += RgbImage.Channels, index++)
        {
            var bytes = Pixels(ref source0, ref source1, ref source2, ref source3, filter, index);
            ref var pixel = ref Unsafe.Add(ref target, to);
            Store(bytes[0], ref pixel);
            Store(bytes[1], ref Unsafe.Add(ref pixel, rowBytes));
            Store(bytes[2], ref Unsafe.Add(ref pixel, 2 * rowBytes));
            Store(bytes[3], ref Unsafe.Add(ref pixel, 3 * rowBytes));
        }

        static void Store(uint bytes, ref byte pixel)
        {
            Unsafe.WriteUnaligned(ref pixel, (ushort)bytes);
            Unsafe.Add(ref pixel, 2) = (byte)(bytes >> 16);
        }
    }

    /// <summary>Filters one pixel of each of four rows; behind each lies a byte too many.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Pixels(
        ref byte source0,
        ref byte source1,
        ref byte source2,
        ref byte source3,
        ResampleFilter filter,
        int index
    )
    {
        var weights = filter.At(index, out var start);
        var at = (nint)start * RgbImage.Channels;
        var (low, high) = (Vector256.Create(Half), Vector256<int>.Zero);
        var (otherLow, otherHigh) = (Vector256.Create(Half), Vector256<int>.Zero);
        foreach (ref readonly var pair in weights)
        {
            var (lowWeights, highWeights) = (Vector256.Create(pair.Low), Vector256.Create(pair.High));
            var both = PairsAt(ref Unsafe.Add(ref source0, at), ref Unsafe.Add(ref source1, at));
            var others = PairsAt(ref Unsafe.Add(ref source2, at), ref Unsafe.Add(ref source3, at));
            low += SumOfProducts(both, lowWeights);
            high += SumOfProducts(both, highWeights);
            otherLow += SumOfProducts(others, lowWeights);
            otherHigh += SumOfProducts(others, highWeights);
            at += 2 * RgbImage.Channels;
        }

        return Bytes((high << ResampleFilter.LowBits) + low, (otherHigh << ResampleFilter.LowBits) + otherLow)
            .AsUInt32();
    }

    /// <summary>Four pixels with a byte behind each, without these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Packed(Vector128<uint> pixels) =>
        Vector128.Shuffle(
            pixels.AsByte(),
            Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255)
        );

    /// <summary>The numbers of two vectors in turn: the first two of each, and the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<uint> Start, Vector128<uint> End) InTurn(Vector128<uint> first, Vector128<uint> second)
    {
        if (Sse2.IsSupported)
        {
            return (Sse2.UnpackLow(first, second), Sse2.UnpackHigh(first, second));
        }

        var (evens, odds) = (Vector128.Create(uint.MaxValue, 0, uint.MaxValue, 0), Vector128.Create(0u, 0, 1, 1));
        return (
            Vector128.ConditionalSelect(evens, Vector128.Shuffle(first, odds), Vector128.Shuffle(second, odds)),
            Vector128.ConditionalSelect(
                evens,
                Vector128.Shuffle(first, odds + Vector128.Create(2u)),
                Vector128.Shuffle(second, odds + Vector128.Create(2u))
            )
        );
    }

    /// <summary>Weights rows that lie one behind the other and adds them up. A row more than there are weights may be read.</summary>
    private static void Down(ReadOnlySpan<byte> rows, Span<byte> result, ReadOnlySpan<WeightPair> weights)
    {
        ref var source = ref MemoryMarshal.GetReference(rows);
        ref var target = ref MemoryMarshal.GetReference(result);
        var at = 0;
        for (; at <= result.Length - Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            var (low0, high0) = (Vector256.Create(Half), Vector256<int>.Zero);
            var (low1, high1) = (Vector256.Create(Half), Vector256<int>.Zero);
            var (low2, high2) = (Vector256.Create(Half), Vector256<int>.Zero);
            var (low3, high3) = (Vector256.Create(Half), Vector256<int>.Zero);
            ref var pixels = ref Unsafe.Add(ref source, at);
            foreach (ref readonly var pair in weights)
            {
                var (lowWeights, highWeights) = (Vector256.Create(pair.Low), Vector256.Create(pair.High));
                ref var next = ref Unsafe.Add(ref pixels, result.Length);
                var (start, end) = Interleaved(Vector128.LoadUnsafe(ref pixels), Vector128.LoadUnsafe(ref next));
                low0 += SumOfProducts(start, lowWeights);
                high0 += SumOfProducts(start, highWeights);
                low1 += SumOfProducts(end, lowWeights);
                high1 += SumOfProducts(end, highWeights);
                (start, end) = Interleaved(
                    Vector128.LoadUnsafe(ref pixels, (nuint)Vector128<byte>.Count),
                    Vector128.LoadUnsafe(ref next, (nuint)Vector128<byte>.Count)
                );
                low2 += SumOfProducts(start, lowWeights);
                high2 += SumOfProducts(start, highWeights);
                low3 += SumOfProducts(end, lowWeights);
                high3 += SumOfProducts(end, highWeights);
                pixels = ref Unsafe.Add(ref next, result.Length);
            }

            Bytes((high0 << ResampleFilter.LowBits) + low0, (high1 << ResampleFilter.LowBits) + low1)
                .StoreUnsafe(ref target, (nuint)at);
            Bytes((high2 << ResampleFilter.LowBits) + low2, (high3 << ResampleFilter.LowBits) + low3)
                .StoreUnsafe(ref target, (nuint)(at + Vector128<byte>.Count));
        }

        for (; at < result.Length; at++)
        {
            var sum = Half;
            var from = at;
            foreach (ref readonly var pair in weights)
            {
                sum += rows[from] * Weight((short)pair.Low, (short)pair.High);
                sum += rows[from + result.Length] * Weight(pair.Low >> 16, pair.High >> 16);
                from += 2 * result.Length;
            }

            result[at] = (byte)Math.Clamp(sum >> ResampleFilter.Precision, 0, 255);
        }

        static int Weight(int low, int high) => (high << ResampleFilter.LowBits) + low;
    }

    /// <summary>Two neighbouring pixels of two rows, colour by colour, as 16-bit numbers: red and red, green and green, blue and blue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<short> PairsAt(ref byte first, ref byte second) =>
        Vector256
            .Shuffle(
                Vector256
                    .Create(
                        Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref first)),
                        Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref second))
                    )
                    .AsByte(),
                Vector256.Create(
                    (byte)0,
                    255,
                    3,
                    255,
                    1,
                    255,
                    4,
                    255,
                    2,
                    255,
                    5,
                    255,
                    255,
                    255,
                    255,
                    255,
                    16,
                    255,
                    19,
                    255,
                    17,
                    255,
                    20,
                    255,
                    18,
                    255,
                    21,
                    255,
                    255,
                    255,
                    255,
                    255
                )
            )
            .AsInt16();

    /// <summary>The bytes of two rows in turn, as 16-bit numbers: the first eight of each, and the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<short> Start, Vector256<short> End) Interleaved(
        Vector128<byte> first,
        Vector128<byte> second
    )
    {
        if (Avx2.IsSupported)
        {
            return (
                Avx2.ConvertToVector256Int16(Sse2.UnpackLow(first, second)),
                Avx2.ConvertToVector256Int16(Sse2.UnpackHigh(first, second))
            );
        }

        var (firstWide, secondWide) = (
            Vector256.WidenLower(first.ToVector256Unsafe()),
            Vector256.WidenLower(second.ToVector256Unsafe())
        );
        return (
            (Vector256.WidenLower(firstWide) | (Vector256.WidenLower(secondWide) << 16)).AsInt16(),
            (Vector256.WidenUpper(firstWide) | (Vector256.WidenUpper(secondWide) << 16)).AsInt16()
        );
    }

    /// <summary>Multiplies 16-bit numbers and adds each product to its neighbour's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> SumOfProducts(Vector256<short> left, Vector256<int> right)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.MultiplyAddAdjacent(left, right.AsInt16());
        }

        var pairs = left.AsInt32();
        return ((pairs << 16) >> 16) * ((right << 16) >> 16) + (pairs >> 16) * (right >> 16);
    }

    /// <summary>Sums without the bits behind the point, from 0 to 255.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Bytes(Vector256<int> first, Vector256<int> second)
    {
        first >>= ResampleFilter.Precision;
        second >>= ResampleFilter.Precision;
        if (Sse2.IsSupported)
        {
            return Sse2.PackUnsignedSaturate(
                Sse2.PackSignedSaturate(first.GetLower(), first.GetUpper()),
                Sse2.PackSignedSaturate(second.GetLower(), second.GetUpper())
            );
        }

        var (least, most) = (Vector256<int>.Zero, Vector256.Create(255));
        var words = Vector256
            .Narrow(Vector256.Clamp(first, least, most), Vector256.Clamp(second, least, most))
            .AsUInt16();
        return Vector128.Narrow(words.GetLower(), words.GetUpper());
    }
}
