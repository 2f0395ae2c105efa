// The crop of "Going deeper with convolutions" (C. Szegedy et al., arXiv 1409.4842, section 6) with the draws of torchvision's RandomResizedCrop;
// timm changes between the filters where none is named.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>A random part of the image, of random area and aspect ratio, resized to a square.</summary>
/// <remarks>A JPEG is decoded at a half, a quarter or an eighth where the part still has as many pixels as the result.</remarks>
internal sealed class RandomResizedCrop : ImageTransform
{
    private const int Tries = 10;

    /// <summary>The filters that one is drawn of where none is named: timm's.</summary>
    internal static readonly Interpolation[] Drawn = [Interpolation.Bilinear, Interpolation.Bicubic];

    private readonly int size;
    private readonly (double Least, double Most) scale;
    private readonly (double Least, double Most) ratio;
    private readonly Interpolation? interpolation;

    /// <summary>A random crop.</summary>
    /// <param name="size">The side of the result in pixels, 1 to 16,384.</param>
    /// <param name="scale">The part's area, least and most, as a share of the image's, above 0 to 1; null for 0.08 to 1.</param>
    /// <param name="ratio">The part's width to its height, least and most, 0.01 to 100; null for 3/4 to 4/3.</param>
    /// <param name="interpolation">The filter; null draws one for each image, as timm does.</param>
    /// <exception cref="TResNetException">A value is out of range.</exception>
    public RandomResizedCrop(
        int size,
        (double Least, double Most)? scale = null,
        (double Least, double Most)? ratio = null,
        Interpolation? interpolation = null
    )
    {
        this.size = Side(size);
        this.scale = Ordered(scale ?? (0.08, 1), 1e-6, 1, nameof(scale));
        this.ratio = Ordered(ratio ?? (3 / 4.0, 4 / 3.0), 0.01, 100, nameof(ratio));
        this.interpolation = interpolation;
    }

    internal override RgbImage Apply(SourceImage image, SplitMix64 random) => Apply(image, random, flip: null);

    /// <summary>The crop and the flip behind it, left to right, in one.</summary>
    internal RgbImage Apply(SourceImage image, SplitMix64 random, RandomFlip? flip)
    {
        var (part, interpolation) = Draw(image.Width, image.Height, random);
        var mirrored = flip?.Draw(random) ?? false;
        return image.Use(
            Least(image.Width, part.Width),
            Least(image.Height, part.Height),
            part.Pixels(),
            decoded =>
                Resampler.Resize(
                    decoded,
                    part.Scale(1.0 / decoded.Divisor, 1.0 / decoded.Divisor),
                    (size, size),
                    (0, 0),
                    (size, size),
                    interpolation,
                    mirrored
                )
        );

        // The side of the whole image at which the part has as many pixels as the result; all of it where pixels are picked, not averaged.
        int Least(int side, double partSide) =>
            interpolation == Interpolation.Nearest ? side : (int)Math.Min(side, Math.Ceiling(side * (size / partSide)));
    }

    internal override RgbImage Apply(RgbImage image, SplitMix64 random)
    {
        var (part, interpolation) = Draw(image.Width, image.Height, random);
        return Resampler.Resize(image, part, size, size, interpolation);
    }

    /// <summary>Draws a part: whole pixels of the image.</summary>
    internal (PixelBox Part, Interpolation Interpolation) Draw(int width, int height, SplitMix64 random)
    {
        // Drawn first and always, so that what comes after does not depend on how many tries it took.
        var interpolation = this.interpolation ?? Drawn[random.Next(Drawn.Length)];
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = (double)width * height * random.Uniform(scale.Least, scale.Most);
            var ratio = Math.Exp(random.Uniform(Math.Log(this.ratio.Least), Math.Log(this.ratio.Most)));
            var (partWidth, partHeight) = (
                (int)Math.Round(Math.Sqrt(area * ratio)),
                (int)Math.Round(Math.Sqrt(area / ratio))
            );
            if (partWidth >= 1 && partWidth <= width && partHeight >= 1 && partHeight <= height)
            {
                var top = random.Next(height - partHeight + 1);
                var left = random.Next(width - partWidth + 1);
                return (new PixelBox(left, top, partWidth, partHeight), interpolation);
            }
        }

        return (Middle(width, height), interpolation);
    }

    /// <summary>The largest part in the middle with an allowed ratio.</summary>
    private PixelBox Middle(int width, int height)
    {
        var ratio = (double)width / height;
        var (partWidth, partHeight) =
            ratio < this.ratio.Least ? (width, (int)Math.Round(width / this.ratio.Least))
            : ratio > this.ratio.Most ? ((int)Math.Round(height * this.ratio.Most), height)
            : (width, height);
        (partWidth, partHeight) = (Math.Clamp(partWidth, 1, width), Math.Clamp(partHeight, 1, height));
        return new PixelBox((width - partWidth) / 2, (height - partHeight) / 2, partWidth, partHeight);
    }
}
