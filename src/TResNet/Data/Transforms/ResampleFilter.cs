// Separable filters as PIL's Image.resize has them (J. Clark, A. Murray et al., libImaging/Resample.c): a triangle, and the cubic of
// R. Keys, "Cubic convolution interpolation for digital image processing", 1981, with a = -0.5.

namespace TResNet.Data.Transforms;

/// <summary>For each pixel along one side of the result: which pixels of the source make it, and with what weights.</summary>
internal sealed class ResampleFilter
{
    /// <summary>Weights are integers: this many bits behind the point. Eight bits of a pixel and the sum's sign leave 22.</summary>
    public const int Precision = 22;

    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly int[] _weights;
    private readonly int _stride;

    /// <summary>Weights for a part of a side.</summary>
    /// <param name="interpolation">The filter.</param>
    /// <param name="sourceSide">Pixels of the source along this side.</param>
    /// <param name="from">Where the part of the source begins that is resized.</param>
    /// <param name="length">How long that part is.</param>
    /// <param name="side">Pixels that it is resized to.</param>
    /// <param name="first">The first of these that is wanted.</param>
    /// <param name="count">How many are wanted.</param>
    public ResampleFilter(
        Interpolation interpolation,
        int sourceSide,
        double from,
        double length,
        int side,
        int first,
        int count
    )
    {
        // Pixels outside the part do not exist for the filter: what is cropped away must not shine in.
        var (low, high) = (Math.Max(0, (int)Math.Floor(from)), Math.Min(sourceSide, (int)Math.Ceiling(from + length)));
        var scale = length / side;
        var stretch = Math.Max(scale, 1);
        var reach = (interpolation == Interpolation.Bicubic ? 2 : 1) * stretch;
        _stride = 2 * (int)Math.Ceiling(reach) + 1;
        (_starts, _counts, _weights) = (new int[count], new int[count], new int[count * _stride]);
        var exact = new double[_stride];
        for (var i = 0; i < count; i++)
        {
            var center = from + (first + i + 0.5) * scale;
            // Rounding to the nearest pixel keeps one that the filter only touches out.
            var start = Math.Max(low, (int)(center - reach + 0.5));
            var taps = Math.Min(high, (int)(center + reach + 0.5)) - start;
            var sum = 0.0;
            for (var tap = 0; tap < taps; tap++)
            {
                exact[tap] = Weight(interpolation, (start + tap - center + 0.5) / stretch);
                sum += exact[tap];
            }

            for (var tap = 0; tap < taps; tap++)
            {
                _weights[i * _stride + tap] = (int)
                    Math.Round(exact[tap] / sum * (1 << Precision), MidpointRounding.AwayFromZero);
            }

            (_starts[i], _counts[i]) = (start, taps);
        }
    }

    /// <summary>The first pixel of the source that any result needs.</summary>
    public int Low => _starts.Min();

    /// <summary>The pixel after the last one that any result needs.</summary>
    public int High => Enumerable.Range(0, _starts.Length).Max(i => _starts[i] + _counts[i]);

    /// <summary>The weights that make one pixel of the result.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <param name="start">The pixel of the source that the first weight is for.</param>
    public ReadOnlySpan<int> At(int index, out int start)
    {
        start = _starts[index];
        return _weights.AsSpan(index * _stride, _counts[index]);
    }

    private static double Weight(Interpolation interpolation, double x)
    {
        const double A = -0.5;
        x = Math.Abs(x);
        return interpolation == Interpolation.Bilinear ? Math.Max(0, 1 - x)
            : x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1
            : x < 2 ? (((x - 5) * x + 8) * x - 4) * A
            : 0;
    }
}
