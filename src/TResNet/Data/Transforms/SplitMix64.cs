// SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): our own generator, because
// neither System.Random nor libtorch promises the same numbers on every machine and in every version.

namespace TResNet.Data.Transforms;

/// <summary>A small generator whose numbers depend on its seed alone.</summary>
/// <param name="seed">Any value.</param>
internal sealed class SplitMix64(ulong seed)
{
    private ulong state = seed;

    /// <summary>A generator for one purpose in one epoch: neighbouring seeds and epochs give unrelated sequences.</summary>
    public static SplitMix64 For(long seed, int epoch, ulong purpose) =>
        new(Mix(Mix(Mix((ulong)seed) + purpose) + (ulong)epoch));

    /// <summary>A generator for one purpose on one image in one epoch.</summary>
    public static SplitMix64 For(long seed, int epoch, ulong purpose, int index) =>
        new(Mix(For(seed, epoch, purpose).state + (ulong)index));

    /// <summary>64 uniform bits.</summary>
    public ulong Next() => Mix(state += 0x9E3779B97F4A7C15);

    /// <summary>A uniform integer in [0, <paramref name="bound"/>).</summary>
    public int Next(int bound)
    {
        // Rejection keeps it exactly uniform; the loop runs once for any bound met here.
        var limit = ulong.MaxValue - (ulong.MaxValue % (ulong)bound);
        ulong bits;
        do
        {
            bits = Next();
        } while (bits >= limit);
        return (int)(bits % (ulong)bound);
    }

    /// <summary>A uniform number in [<paramref name="least"/>, <paramref name="most"/>).</summary>
    public double Uniform(double least, double most) => least + (most - least) * ((Next() >> 11) * (1.0 / (1UL << 53)));

    /// <summary>A normal number with mean 0 and deviation 1 (Box and Muller).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Uniform(0, 1))) * Math.Cos(2 * Math.PI * Uniform(0, 1));

    /// <summary>A number in [0, 1] of the distribution Beta(<paramref name="alpha"/>, <paramref name="alpha"/>).</summary>
    public double Beta(double alpha)
    {
        var (first, second) = (Gamma(alpha), Gamma(alpha));
        // A small alpha gives numbers too small for a double, and then either end is as likely.
        return first + second > 0 ? first / (first + second) : Next(2);
    }

    /// <summary>The integers 0 to <paramref name="count"/> - 1 in random order (Fisher and Yates).</summary>
    public int[] Permutation(int count)
    {
        var order = new int[count];
        for (var i = 0; i < count; i++)
        {
            var j = Next(i + 1);
            order[i] = order[j];
            order[j] = i;
        }

        return order;
    }

    // G. Marsaglia, W. Tsang, "A simple method for generating gamma variables", 2000; below 1 by their boost.
    private double Gamma(double shape)
    {
        if (shape < 1)
        {
            return Gamma(shape + 1) * Math.Pow(1 - Uniform(0, 1), 1 / shape);
        }

        var d = shape - 1 / 3.0;
        while (true)
        {
            var x = Normal();
            var v = Math.Pow(1 + x / Math.Sqrt(9 * d), 3);
            if (v > 0 && Math.Log(1 - Uniform(0, 1)) < x * x / 2 + d - d * v + d * Math.Log(v))
            {
                return d * v;
            }
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
