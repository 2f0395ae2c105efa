// torchvision's ToTensor and Normalize in one pass: bytes that alternate between the colours become a plane of floats for each, with the values
// that PyTorch computes, bit for bit.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Writes pixels as a network's input.</summary>
internal sealed class ToTensor
{
    private const int Step = 16;
    private const float White = 255;

    private readonly Plane[] planes;

    // Where the sixteen values of each colour lie in three vectors of sixteen bytes; 255 is elsewhere, and gives 0.
    private static readonly Vector128<byte>[][] Picks =
    [
        .. Enumerable
            .Range(0, RgbImage.Channels)
            .Select(color => Enumerable.Range(0, RgbImage.Channels).Select(part => Pick(color, part)).ToArray()),
    ];

    /// <param name="normalize">Mean and standard deviation.</param>
    public ToTensor(Normalize normalize)
    {
        Normalize = normalize;
        planes = [.. normalize.Mean.Zip(normalize.Std, (mean, std) => new Plane((float)mean, (float)std))];
    }

    /// <summary>Mean and standard deviation.</summary>
    public Normalize Normalize { get; }

    /// <summary>Writes an image as <c>[3, height, width]</c>, or a grey one as <c>[1, height, width]</c>.</summary>
    /// <param name="image">The image.</param>
    /// <param name="planes">As many floats as the image has bytes, or pixels for its first colour alone.</param>
    public void Write(RgbImage image, Span<float> planes)
    {
        var size = image.Width * image.Height;
        for (var color = 0; color < planes.Length / size; color++)
        {
            Write(image.Pixels, color, planes.Slice(color * size, size));
        }
    }

    private void Write(ReadOnlySpan<byte> pixels, int color, Span<float> values)
    {
        var plane = planes[color];
        var (pick0, pick1, pick2) = (Picks[color][0], Picks[color][1], Picks[color][2]);
        ref var source = ref MemoryMarshal.GetReference(pixels);
        ref var target = ref MemoryMarshal.GetReference(values);
        var at = 0;
        for (; at <= values.Length - Step; at += Step)
        {
            var from = (nuint)(at * RgbImage.Channels);
            var bytes =
                Vector128.Shuffle(Vector128.LoadUnsafe(ref source, from), pick0)
                | Vector128.Shuffle(Vector128.LoadUnsafe(ref source, from + Step), pick1)
                | Vector128.Shuffle(Vector128.LoadUnsafe(ref source, from + 2 * Step), pick2);
            var wide = Vector256.WidenLower(bytes.ToVector256Unsafe());
            plane.Of(Vector256.WidenLower(wide)).StoreUnsafe(ref target, (nuint)at);
            plane.Of(Vector256.WidenUpper(wide)).StoreUnsafe(ref target, (nuint)at + Step / 2);
        }

        for (; at < values.Length; at++)
        {
            values[at] = plane.Of(pixels[at * RgbImage.Channels + color]);
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

    /// <summary>What becomes of the bytes of one colour.</summary>
    private readonly struct Plane
    {
        private readonly float mean;
        private readonly float std;
        private readonly bool isPlain;
        private readonly bool isQuick;

        public Plane(float mean, float std)
        {
            (this.mean, this.std, isPlain) = (mean, std, mean == 0 && std == 1);
            // Divisions take longer than all the rest. There are but 256 of them to compare.
            isQuick = true;
            for (var value = 0; Fma.IsSupported && isQuick && value <= byte.MaxValue; value++)
            {
                isQuick = Of(Vector256.Create((uint)value))[0] == Of((byte)value);
            }

            isQuick &= Fma.IsSupported;
        }

        public float Of(byte value) => (value / White - mean) / std;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector256<float> Of(Vector256<uint> values)
        {
            var share = Quotient(Vector256.ConvertToSingle(values.AsInt32()), White);
            return isPlain ? share : Quotient(share - Vector256.Create(mean), std);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private Vector256<float> Quotient(Vector256<float> dividend, float divisor)
        {
            if (!isQuick)
            {
                return dividend / Vector256.Create(divisor);
            }

            // A guess, and what it leaves.
            var inverse = Vector256.Create(1 / divisor);
            var guess = dividend * inverse;
            var rest = Fma.MultiplyAddNegated(guess, Vector256.Create(divisor), dividend);
            return Fma.MultiplyAdd(rest, inverse, guess);
        }
    }
}
