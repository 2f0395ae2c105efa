// The filters of PIL's libImaging/Resample.c that are seldom asked for, number by number and in its order of operations.

namespace TResNet.Data.Transforms;

/// <summary>How far filters reach, and the weights of those that <see cref="ResampleFilter"/> does not compute four at a time.</summary>
internal static class ResampleKernel
{
    /// <summary>The reach of the widest filter, in pixels.</summary>
    public const double Widest = 3;

    /// <summary>How far a filter reaches to either side, in pixels.</summary>
    public static double Reach(Interpolation interpolation) =>
        interpolation switch
        {
            Interpolation.Lanczos => Widest,
            Interpolation.Bicubic => 2,
            Interpolation.Box or Interpolation.Nearest => 0.5,
            _ => 1,
        };

    /// <summary>Weights of neighbouring pixels that add up to 1.</summary>
    /// <param name="interpolation">The filter.</param>
    /// <param name="start">The first of the pixels.</param>
    /// <param name="center">Where the result lies among them.</param>
    /// <param name="stretch">How much wider the filter is made.</param>
    /// <param name="weights">As many as there are pixels.</param>
    public static void Weigh(
        Interpolation interpolation,
        int start,
        double center,
        double stretch,
        Span<double> weights
    )
    {
        var (sum, share) = (0.0, 1 / stretch);
        for (var tap = 0; tap < weights.Length; tap++)
        {
            var x = (tap + start - center + 0.5) * share;
            weights[tap] = interpolation switch
            {
                Interpolation.Box => x is > -0.5 and <= 0.5 ? 1 : 0,
                Interpolation.Hamming => Hamming(Math.Abs(x)),
                _ => x is >= -Widest and < Widest ? Sinc(x) * Sinc(x / Widest) : 0,
            };
            sum += weights[tap];
        }

        for (var tap = 0; tap < weights.Length && sum != 0; tap++)
        {
            weights[tap] /= sum;
        }
    }

    private static double Hamming(double x)
    {
        if (x == 0)
        {
            return 1;
        }

        var angle = x * Math.PI;
        return x >= 1 ? 0 : Math.Sin(angle) / angle * (0.54 + 0.46 * Math.Cos(angle));
    }

    private static double Sinc(double x)
    {
        var angle = x * Math.PI;
        return x == 0 ? 1 : Math.Sin(angle) / angle;
    }
}
