// timm's ResizeKeepRatio with what its transforms_imagenet_train puts behind it (rkrc, rkrr): CenterCropOrPad or RandomCropOrPad, mirrored at the edges.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Fits the shorter side, makes half of the images larger and half of them a little wider or narrower, and takes a square.</summary>
internal sealed class RandomResizeKeepRatio : ImageTransform
{
    private const double Share = 0.5;

    private readonly int size;
    private readonly (double Least, double Most) scale;
    private readonly (double Least, double Most) ratio;
    private readonly bool anywhere;
    private readonly Interpolation? interpolation;

    /// <summary>A random resize.</summary>
    /// <param name="size">The side of the result in pixels, 1 to 16,384.</param>
    /// <param name="scale">The share of its area that an image would keep if it were square, least and most, above 0 to 1.</param>
    /// <param name="ratio">By how much its ratio of width to height changes, least and most, 0.01 to 100.</param>
    /// <param name="anywhere">Whether the square lies anywhere, and not in the middle.</param>
    /// <param name="interpolation">The filter; null draws one for each image, as timm does.</param>
    /// <exception cref="TResNetException">A value is out of range.</exception>
    public RandomResizeKeepRatio(
        int size,
        (double Least, double Most) scale,
        (double Least, double Most) ratio,
        bool anywhere,
        Interpolation? interpolation
    )
    {
        this.size = Side(size);
        this.scale = Ordered(scale, 1e-6, 1, nameof(scale));
        this.ratio = Ordered(ratio, 0.01, 100, nameof(ratio));
        (this.anywhere, this.interpolation) = (anywhere, interpolation);
    }

    internal override RgbImage Apply(SourceImage image, SplitMix64 random)
    {
        var drawn = Draw(image.Width, image.Height, random);
        var all = new PixelBox(0, 0, image.Width, image.Height).Pixels();
        var isPicked = drawn.Interpolation == Interpolation.Nearest;
        return image.Use(
            isPicked ? image.Width : Math.Min(image.Width, drawn.Width),
            isPicked ? image.Height : Math.Min(image.Height, drawn.Height),
            all,
            decoded => Make(decoded, image.Width, image.Height, drawn)
        );
    }

    internal override RgbImage Apply(RgbImage image, SplitMix64 random) =>
        Make(DecodedPart.Of(image), image.Width, image.Height, Draw(image.Width, image.Height, random));

    /// <summary>What an image is resized to, where the square lies on that, and by which filter.</summary>
    internal Drawn Draw(int width, int height, SplitMix64 random)
    {
        var filter = interpolation ?? RandomResizedCrop.Drawn[random.Next(RandomResizedCrop.Drawn.Length)];
        var fit = (double)size / Math.Min(width, height);
        var larger = random.Uniform(0, 1) < Share ? 1 / Math.Sqrt(random.Uniform(scale.Least, scale.Most)) : 1;
        var wider =
            random.Uniform(0, 1) < Share
                ? Math.Sqrt(Math.Exp(random.Uniform(Math.Log(ratio.Least), Math.Log(ratio.Most))))
                : 1;
        var (across, down) = (Rounded(width * larger * wider * fit), Rounded(height * larger / wider * fit));
        return new Drawn(across, down, Place(across), Place(down), filter);

        static int Rounded(double side) => Math.Max(1, (int)Math.Round(side));

        int Place(int side)
        {
            if (!anywhere)
            {
                return CenterCrop.Corner(side, size);
            }

            var room = random.Next(Math.Abs(side - size) + 1);
            return side >= size ? room : -room;
        }
    }

    private RgbImage Make(DecodedPart decoded, int width, int height, Drawn drawn)
    {
        var (left, top) = (Math.Max(0, drawn.Left), Math.Max(0, drawn.Top));
        var (across, down) = (Math.Min(drawn.Width - left, size), Math.Min(drawn.Height - top, size));
        var part = Resampler.Resize(
            decoded,
            new PixelBox(0, 0, width, height).Scale(1.0 / decoded.Divisor, 1.0 / decoded.Divisor),
            (drawn.Width, drawn.Height),
            (left, top),
            (across, down),
            drawn.Interpolation
        );
        return (across, down) == (size, size)
            ? part
            : Mirrored(part, Math.Max(0, -drawn.Left), Math.Max(0, -drawn.Top));
    }

    /// <summary>Fills the square with what the image would be in mirrors at its edges, whose own pixels are not repeated.</summary>
    private RgbImage Mirrored(RgbImage image, int left, int top)
    {
        var result = RgbImage.Uninitialized(size, size);
        for (var y = 0; y < size; y++)
        {
            var from = image.Row(Reflected(y - top, image.Height));
            var to = result.Row(y);
            for (var x = 0; x < size; x++)
            {
                from.Slice(Reflected(x - left, image.Width) * RgbImage.Channels, RgbImage.Channels)
                    .CopyTo(to[(x * RgbImage.Channels)..]);
            }
        }

        return result;

        static int Reflected(int at, int side)
        {
            if (side == 1)
            {
                return 0;
            }

            var period = 2 * (side - 1);
            var within = ((at % period) + period) % period;
            return Math.Min(within, period - within);
        }
    }

    /// <summary>What was drawn.</summary>
    /// <param name="Width">The width that the image is resized to.</param>
    /// <param name="Height">The height.</param>
    /// <param name="Left">Where the square begins on it; negative where the image is narrower.</param>
    /// <param name="Top">The same from above.</param>
    /// <param name="Interpolation">The filter.</param>
    internal readonly record struct Drawn(int Width, int Height, int Left, int Top, Interpolation Interpolation);
}
