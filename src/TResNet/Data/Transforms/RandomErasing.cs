// Random erasing (Z. Zhong et al., arXiv 1708.04896) with timm's draws. It works on normalised values, where 0 is the mean colour.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>What a rectangle is filled with.</summary>
internal enum ErasingFill
{
    /// <summary>Zeros: the mean colour.</summary>
    Constant,

    /// <summary>One normal random colour.</summary>
    Color,

    /// <summary>Normal random pixels.</summary>
    Pixels,
}

/// <summary>Erases a random rectangle of some images, the last thing that happens to an image by itself.</summary>
internal sealed class RandomErasing
{
    private const int Tries = 10;
    private const double LeastArea = 0.02;
    private const double MostArea = 1.0 / 3;
    private const double LeastRatio = 0.3;

    private readonly double probability;
    private readonly ErasingFill fill;

    /// <summary>Erases rectangles of a fiftieth to a third of the image.</summary>
    /// <param name="probability">The share of images that lose a rectangle, 0 to 1.</param>
    /// <param name="fill">What it is filled with.</param>
    /// <exception cref="TResNetException">The probability is out of range.</exception>
    public RandomErasing(double probability = 0.5, ErasingFill fill = ErasingFill.Constant)
    {
        if (!(probability >= 0 && probability <= 1))
        {
            throw new TResNetException(
                $"The probability of erasing is {probability}, but it has to be from 0 to 1; choose another."
            );
        }

        (this.probability, this.fill) = (probability, fill);
    }

    /// <summary>Changes the values of one image in place.</summary>
    /// <param name="planes">Normalised values <c>[3, height, width]</c>.</param>
    /// <param name="height">Height in pixels.</param>
    /// <param name="width">Width in pixels.</param>
    /// <param name="random">Where draws come from.</param>
    internal void Apply(Span<float> planes, int height, int width, SplitMix64 random)
    {
        if (random.Uniform(0, 1) >= probability || Draw(height, width, random) is not var (left, top, right, bottom))
        {
            return;
        }

        for (var channel = 0; channel < RgbImage.Channels; channel++)
        {
            var color = fill == ErasingFill.Color ? (float)random.Normal() : 0;
            for (var y = top; y < bottom; y++)
            {
                var row = planes.Slice((channel * height + y) * width + left, right - left);
                row.Fill(color);
                for (var x = 0; x < row.Length && fill == ErasingFill.Pixels; x++)
                {
                    row[x] = (float)random.Normal();
                }
            }
        }
    }

    private static (int Left, int Top, int Right, int Bottom)? Draw(int height, int width, SplitMix64 random)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = random.Uniform(LeastArea, MostArea) * height * width;
            var ratio = Math.Exp(random.Uniform(Math.Log(LeastRatio), -Math.Log(LeastRatio)));
            var (h, w) = ((int)Math.Round(Math.Sqrt(area * ratio)), (int)Math.Round(Math.Sqrt(area / ratio)));
            if (w < width && h < height)
            {
                var (top, left) = (random.Next(height - h + 1), random.Next(width - w + 1));
                return (left, top, left + w, top + h);
            }
        }

        return null;
    }
}
