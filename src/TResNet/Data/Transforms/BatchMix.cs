// mixup (H. Zhang et al., arXiv 1710.09412) and cutmix (S. Yun et al., arXiv 1905.04899) as timm does (timm/data/mixup.py): the first image of a
// batch is mixed with the last, the second with the last but one.

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
    private readonly MixupMode mode;
    private readonly (double Min, double Max)? minMax;

    /// <summary>Mixing.</summary>
    /// <param name="mixup">The parameter of mixup's Beta distribution, 0 to 10: 0 for none, 0.2 for a little, 1 for any share alike.</param>
    /// <param name="cutmix">The same of cutmix.</param>
    /// <param name="probability">The share of batches that are mixed, 0 to 1.</param>
    /// <param name="switchProbability">Where both are on, the share of these that cutmix gets, 0 to 1.</param>
    /// <param name="mode">What is drawn once for.</param>
    /// <param name="minMax">
    /// The least and the most share of each side that cutmix exchanges, 0 to 1, in the place of its distribution; null for the distribution.
    /// </param>
    /// <exception cref="TResNetException">A number is out of range, or both parameters are 0.</exception>
    public BatchMix(
        double mixup,
        double cutmix,
        double probability = 1,
        double switchProbability = 0.5,
        MixupMode mode = MixupMode.Batch,
        (double Min, double Max)? minMax = null
    )
    {
        (this.mode, this.minMax) = (mode, minMax);
        if (minMax is var (least, most))
        {
            InRange(least, 1, "The least side that cutmix exchanges");
            InRange(most, 1, "The most side that cutmix exchanges");
            if (least > most)
            {
                throw new TResNetException(
                    $"Cutmix is to exchange from {least} to {most} of a side, but the first has to be the smaller; turn them round."
                );
            }

            cutmix = 1;
        }

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
        if (shape.Count < 2)
        {
            return;
        }

        var side = (shape.Height, shape.Width);
        var ofAll = mode == MixupMode.Batch ? Draw(side, random) : null;
        var (pixels, classes) = (images.Length / shape.Count, labels.Length / shape.Count);
        for (var i = 0; i < shape.Count / 2; i++)
        {
            var j = shape.Count - 1 - i;
            var one = images.Slice(i * pixels, pixels);
            var other = images.Slice(j * pixels, pixels);
            var label = labels.Slice(i * classes, classes);
            var otherLabel = labels.Slice(j * classes, classes);
            if (mode == MixupMode.Elem)
            {
                var (before, labelBefore) = (one.ToArray(), label.ToArray());
                Change(one, other, label, otherLabel, Draw(side, random), shape.Width, shape.Height);
                Change(other, before, otherLabel, labelBefore, Draw(side, random), shape.Width, shape.Height);
            }
            else if ((mode == MixupMode.Batch ? ofAll : Draw(side, random)) is { } drawn)
            {
                Exchange(one, other, drawn, shape.Width, shape.Height);
                Mix(label, otherLabel, (float)drawn.Share);
            }
        }
    }

    /// <summary>What becomes of an image, a pair or a batch; null for nothing.</summary>
    private Drawn? Draw((int Height, int Width) side, SplitMix64 random)
    {
        if (random.Uniform(0, 1) >= probability)
        {
            return null;
        }

        var cuts = cutmix > 0 && (mixup == 0 || random.Uniform(0, 1) < switchValue);
        var share = random.Beta(cuts ? cutmix : mixup);
        if (!cuts)
        {
            return new Drawn(share, null);
        }

        var ratio = Math.Sqrt(1 - share);
        var (top, bottom) = Side(side.Height);
        var (left, right) = Side(side.Width);
        // What is still its own decides about the label: a rectangle may lie partly outside.
        var own = 1 - (double)((bottom - top) * (right - left)) / (side.Height * side.Width);
        return new Drawn(own, (top, bottom, left, right));

        (int First, int End) Side(int length)
        {
            if (minMax is var (least, most))
            {
                var (low, high) = ((int)(length * least), (int)(length * most));
                var cut = low + random.Next(Math.Max(1, high - low));
                var first = random.Next(Math.Max(1, length - cut));
                return (first, first + cut);
            }

            var (half, center) = ((int)(length * ratio) / 2, random.Next(length));
            return (Math.Max(0, center - half), Math.Min(length, center + half));
        }
    }

    /// <summary>Changes two images by each other.</summary>
    private static void Exchange(Span<float> one, Span<float> other, Drawn drawn, int width, int height)
    {
        if (drawn.Box is not var (top, bottom, left, right))
        {
            Mix(one, other, (float)drawn.Share);
            return;
        }

        for (var row = 0; row < one.Length / width; row++)
        {
            if (row % height >= top && row % height < bottom)
            {
                Exchange(one.Slice(row * width + left, right - left), other.Slice(row * width + left, right - left));
            }
        }
    }

    /// <summary>Changes an image and its label by another, which stays.</summary>
    private static void Change(
        Span<float> image,
        ReadOnlySpan<float> other,
        Span<float> label,
        ReadOnlySpan<float> otherLabel,
        Drawn? drawn,
        int width,
        int height
    )
    {
        if (drawn is not { } found)
        {
            return;
        }

        if (found.Box is var (top, bottom, left, right))
        {
            for (var row = 0; row < image.Length / width; row++)
            {
                if (row % height >= top && row % height < bottom)
                {
                    var at = row * width + left;
                    other.Slice(at, right - left).CopyTo(image[at..]);
                }
            }
        }
        else
        {
            Blend(image, other, (float)found.Share);
        }

        Blend(label, otherLabel, (float)found.Share);
    }

    private static void Blend(Span<float> values, ReadOnlySpan<float> others, float share)
    {
        for (var at = 0; at < values.Length; at++)
        {
            values[at] = values[at] * share + others[at] * (1 - share);
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

    /// <summary>What was drawn.</summary>
    /// <param name="Share">The share of an image, and of its label, that stays its own.</param>
    /// <param name="Box">What is exchanged; null where values are mixed.</param>
    private readonly record struct Drawn(double Share, (int Top, int Bottom, int Left, int Right)? Box);
}

/// <summary>What mixing draws once for, with timm's names.</summary>
public enum MixupMode
{
    /// <summary>A whole batch.</summary>
    Batch,

    /// <summary>Each pair of images.</summary>
    Pair,

    /// <summary>Each image.</summary>
    Elem,
}
