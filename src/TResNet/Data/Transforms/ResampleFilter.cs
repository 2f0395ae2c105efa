// Separable filters as PIL's Image.resize has them (J. Clark, A. Murray et al., libImaging/Resample.c): a triangle, the cubic of R. Keys, "Cubic
// convolution interpolation for digital image processing", 1981, with a = -0.5, and what ResampleKernel has; nearest as in libImaging/Geometry.c.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace TResNet.Data.Transforms;

/// <summary>For each pixel along one side of the result: which pixels of the source make it, and with what weights.</summary>
internal sealed class ResampleFilter
{
    /// <summary>Weights are integers: this many bits behind the point. Eight bits of a pixel and the sum's sign leave 22.</summary>
    public const int Precision = 22;

    /// <summary>How many of these are the lower part of a weight, so that either part is a 16-bit number.</summary>
    public const int LowBits = 15;

    private const int Step = 4;
    private const int MostOnStack = 64;

    private readonly int[] starts;
    private readonly int[] counts;
    private readonly WeightPair[] pairs;
    private readonly int stride;

    /// <summary>Weights for a part of a side.</summary>
    /// <param name="interpolation">The filter.</param>
    /// <param name="source">Pixels of the whole image along this side, and which of them is the first that the source has.</param>
    /// <param name="from">Where the part of the source begins that is resized.</param>
    /// <param name="length">How long that part is.</param>
    /// <param name="side">Pixels that it is resized to.</param>
    /// <param name="first">The first of these that is wanted.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="mirrored">Whether they are wanted in reverse.</param>
    public ResampleFilter(
        Interpolation interpolation,
        (int First, int Side) source,
        double from,
        double length,
        int side,
        int first,
        int count,
        bool mirrored = false
    )
    {
        // Pixels outside the part do not exist for the filter: what is cropped away must not shine in.
        var (low, high) = (Math.Max(0, (int)Math.Floor(from)), Math.Min(source.Side, (int)Math.Ceiling(from + length)));
        var scale = length / side;
        var stretch = Math.Max(scale, 1);
        var reach = ResampleKernel.Reach(interpolation) * stretch;
        stride = (int)Math.Ceiling(reach) + 1;
        (starts, counts, pairs) = (new int[count], new int[count], new WeightPair[count * stride]);
        Span<double> exact = stackalloc double[MostOnStack];
        if (2 * stride + Step > MostOnStack)
        {
            exact = new double[2 * stride + Step];
        }

        var nearest = interpolation == Interpolation.Nearest ? Nearest(low, high, from, scale, first, count) : [];
        for (var i = 0; i < count; i++)
        {
            var center = from + (first + i + 0.5) * scale;
            // Rounding to the nearest pixel keeps one that the filter only touches out.
            var start = Math.Max(low, (int)(center - reach + 0.5));
            var taps = Math.Min(high, (int)(center + reach + 0.5)) - start;
            if (nearest.Length > 0)
            {
                (start, taps, exact[0]) = (nearest[i], 1, 1);
            }
            else
            {
                Weigh(interpolation, start, center, stretch, exact[..taps]);
            }

            var at = mirrored ? count - 1 - i : i;
            for (var tap = 0; tap < taps; tap += 2)
            {
                pairs[at * stride + tap / 2] = new WeightPair(
                    Rounded(exact[tap]),
                    tap + 1 < taps ? Rounded(exact[tap + 1]) : 0
                );
            }

            // Computed on the whole image and moved then: coordinates on a part would round otherwise.
            (starts[at], counts[at]) = (start - source.First, (taps + 1) / 2);
            (Low, High) = (Math.Min(Low, starts[at]), Math.Max(High, starts[at] + taps));
        }

        // As many for all, where there are pixels: loops of one length are guessed right.
        var most = counts.Max();
        for (var i = 0; i < count; i++)
        {
            counts[i] = starts[i] + 2 * most <= High ? most : counts[i];
        }

        static int Rounded(double weight)
        {
            var scaled = weight * (1 << Precision);
            return (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        }
    }

    /// <summary>The first pixel of the source that any result needs.</summary>
    public int Low { get; } = int.MaxValue;

    /// <summary>The pixel after the last one that any result needs.</summary>
    public int High { get; }

    /// <summary>The weights that make one pixel of the result, two and two; the last may be a 0 for a pixel that does not exist.</summary>
    /// <param name="index">Which, from 0; not checked.</param>
    /// <param name="start">The pixel of the source that the first weight is for.</param>
    public ReadOnlySpan<WeightPair> At(int index, out int start)
    {
        start = Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(starts), index);
        return MemoryMarshal.CreateReadOnlySpan(
            ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(pairs), index * stride),
            Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(counts), index)
        );
    }

    // PIL adds the scale up pixel by pixel, with what that rounds.
    private static int[] Nearest(int low, int high, double from, double scale, int first, int count)
    {
        var places = new int[count];
        var at = from - low + 0.5 * scale;
        for (var i = 0; i < first + count; i++, at += scale)
        {
            if (i >= first)
            {
                places[i - first] = Math.Min(high - 1, low + (int)at);
            }
        }

        return places;
    }

    /// <summary>Weights of neighbouring pixels that add up to 1. Some numbers behind them are written too.</summary>
    private static void Weigh(
        Interpolation interpolation,
        int start,
        double center,
        double stretch,
        Span<double> weights
    )
    {
        if (interpolation is not (Interpolation.Bilinear or Interpolation.Bicubic))
        {
            ResampleKernel.Weigh(interpolation, start, center, stretch, weights);
            return;
        }

        ref var first = ref MemoryMarshal.GetReference(weights);
        for (var tap = 0; tap < weights.Length; tap += Step)
        {
            var at = Vector256.Create((double)(start + tap)) + Vector256.Create(0.0, 1, 2, 3);
            var x = (at - Vector256.Create(center) + Vector256.Create(0.5)) / Vector256.Create(stretch);
            Weight(interpolation, Vector256.Abs(x)).StoreUnsafe(ref first, (nuint)tap);
        }

        // One after the other: another order would round otherwise.
        var sum = 0.0;
        foreach (var weight in weights)
        {
            sum += weight;
        }

        for (var tap = 0; tap < weights.Length; tap += Step)
        {
            var shares = Vector256.LoadUnsafe(ref first, (nuint)tap) / Vector256.Create(sum);
            shares.StoreUnsafe(ref first, (nuint)tap);
        }
    }

    private static Vector256<double> Weight(Interpolation interpolation, Vector256<double> x)
    {
        var one = Vector256<double>.One;
        if (interpolation == Interpolation.Bilinear)
        {
            return Vector256.Max(Vector256<double>.Zero, one - x);
        }

        const double A = -0.5;
        var near = (x * (A + 2) - Vector256.Create(A + 3)) * x * x + one;
        var far = (((x - Vector256.Create(5.0)) * x + Vector256.Create(8.0)) * x - Vector256.Create(4.0)) * A;
        return Vector256.ConditionalSelect(
            Vector256.LessThan(x, one),
            near,
            Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(2.0)), far, Vector256<double>.Zero)
        );
    }
}

/// <summary>The weights of two neighbouring pixels, each cut into two 16-bit numbers: <c>weight = High * 2^15 + Low</c>.</summary>
internal readonly struct WeightPair(int first, int second)
{
    private const int Mask = (1 << ResampleFilter.LowBits) - 1;

    /// <summary>The lower parts: the first weight's in the lower half.</summary>
    public readonly int Low = (first & Mask) | ((second & Mask) << 16);

    /// <summary>The upper parts, with their signs.</summary>
    public readonly int High =
        ((first >> ResampleFilter.LowBits) & 0xFFFF) | ((second >> ResampleFilter.LowBits) << 16);
}
