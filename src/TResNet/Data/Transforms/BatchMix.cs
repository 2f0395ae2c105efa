// mixup (H. Zhang et al., arXiv 1710.09412) and cutmix (S. Yun et al., arXiv 1905.04899) on whole batches, as timm does by default: the first image
// is mixed with the last, the second with the last but one.

using System.Numerics;
using System.Runtime.InteropServices;

namespace TResNet.Data.Transforms;

/// <summary>Mixes the images of a batch with each other, and their labels in the same shares.</summary>
internal sealed class BatchMix
{
    private readonly double mixup;
    private readonly double cutmix;
    private readonly double probability;
    private readonly double switchValue;

    /// <summary>Mixing.</summary>
    /// <param name="mixup">The parameter of mixup's Beta distribution, 0 to 10: 0 for none, 0.2 for a little, 1 for any share alike.</param>
    /// <param name="cutmix">The same of cutmix.</param>
    /// <param name="probability">The share of batches that are mixed, 0 to 1.</param>
    /// <param name="switchProbability">Where both are on, the share of these that cutmix gets, 0 to 1.</param>
    /// <exception cref="TResNetException">A number is out of range, or both parameters are 0.</exception>
    public BatchMix(double mixup, double cutmix, double probability = 1, double switchProbability = 0.5)
    {
        if (mixup == 0 && cutmix == 0)
        {
            throw new TResNetException("Neither mixup nor cutmix is above 0, so there is nothing to mix; raise one.");
        }

        this.mixup = InRange(mixup, 10, nameof(mixup));
        this.cutmix = InRange(cutmix, 10, nameof(cutmix));
        this.probability = InRange(probability, 1, "The probability of mixing");
        switchValue = InRange(switchProbability, 1, "The probability of cutmix");
    }

    /// <summary>Changes a batch in place.</summary>
    /// <param name="images">Values <c>[count, channels, height, width]</c>.</param>
    /// <param name="labels">Shares <c>[count, classes]</c>.</param>
    /// <param name="shape">The shape of the images.</param>
    /// <param name="random">Where draws come from.</param>
    internal void Apply(
        Span<float> images,
        Span<float> labels,
        (int Count, int Channels, int Height, int Width) shape,
        SplitMix64 random
    )
    {
        if (shape.Count < 2 || random.Uniform(0, 1) >= probability)
        {
            return;
        }

        var cuts = cutmix > 0 && (mixup == 0 || random.Uniform(0, 1) < switchValue);
        var share = random.Beta(cuts ? cutmix : mixup);
        if (cuts)
        {
            share = Cut(images, shape, share, random);
        }
        else
        {
            Pairs(images, shape.Count, (one, other) => Mix(one, other, (float)share));
        }

        Pairs(labels, shape.Count, (one, other) => Mix(one, other, (float)share));
    }

    /// <summary>Exchanges a rectangle and says what share of each image is still its own.</summary>
    private static double Cut(
        Span<float> images,
        (int Count, int Channels, int Height, int Width) shape,
        double share,
        SplitMix64 random
    )
    {
        var ratio = Math.Sqrt(1 - share);
        var (top, bottom) = Side(shape.Height);
        var (left, right) = Side(shape.Width);
        Pairs(
            images,
            shape.Count,
            (one, other) =>
            {
                for (var row = 0; row < shape.Channels * shape.Height; row++)
                {
                    if (row % shape.Height >= top && row % shape.Height < bottom)
                    {
                        Exchange(
                            one.Slice(row * shape.Width + left, right - left),
                            other.Slice(row * shape.Width + left, right - left)
                        );
                    }
                }
            }
        );
        return 1 - (double)((bottom - top) * (right - left)) / (shape.Height * shape.Width);

        (int First, int End) Side(int side)
        {
            var (half, center) = ((int)(side * ratio) / 2, random.Next(side));
            return (Math.Max(0, center - half), Math.Min(side, center + half));
        }
    }

    private static void Pairs(Span<float> rows, int count, PairAction action)
    {
        var length = rows.Length / count;
        for (var i = 0; i < count / 2; i++)
        {
            action(rows.Slice(i * length, length), rows.Slice((count - 1 - i) * length, length));
        }
    }

    private static void Exchange(Span<float> one, Span<float> other)
    {
        for (var at = 0; at < one.Length; at++)
        {
            (one[at], other[at]) = (other[at], one[at]);
        }
    }

    private static void Mix(Span<float> one, Span<float> other, float share)
    {
        var ones = MemoryMarshal.Cast<float, Vector<float>>(one);
        var others = MemoryMarshal.Cast<float, Vector<float>>(other);
        for (var at = 0; at < ones.Length; at++)
        {
            (ones[at], others[at]) = (
                ones[at] * share + others[at] * (1 - share),
                others[at] * share + ones[at] * (1 - share)
            );
        }

        for (var at = ones.Length * Vector<float>.Count; at < one.Length; at++)
        {
            (one[at], other[at]) = (
                one[at] * share + other[at] * (1 - share),
                other[at] * share + one[at] * (1 - share)
            );
        }
    }

    private static double InRange(double value, double most, string name) =>
        value >= 0 && value <= most
            ? value
            : throw new TResNetException($"{name} is {value}, but it has to be from 0 to {most}; choose another.");

    /// <summary>Changes two rows.</summary>
    private delegate void PairAction(Span<float> one, Span<float> other);
}
