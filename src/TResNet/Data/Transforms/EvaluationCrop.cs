using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>
/// What timm evaluates on: the shorter side resized to <c>floor(size / cropPct)</c>, then a square of <c>size</c> from the middle or a corner. The
/// same pixels as <see cref="Resize"/> and <see cref="CenterCrop"/>, without making those that are cropped away.
/// </summary>
/// <param name="size">The side in pixels, 1 to 16,384.</param>
/// <param name="cropPct">The side as a share of the resized shorter side, 0.1 to 1.</param>
/// <param name="interpolation">The filter.</param>
/// <param name="place">Where the square lies.</param>
/// <param name="mode">What is fitted to that length.</param>
/// <param name="normalize">What becomes of the pixels later, which says the colour of a border; null for 0 to 1, with a black one.</param>
/// <exception cref="TResNetException">A value is out of range.</exception>
internal sealed class EvaluationCrop(
    int size,
    double cropPct = 0.875,
    Interpolation interpolation = Interpolation.Bicubic,
    CropPlace place = CropPlace.Center,
    CropMode mode = CropMode.Center,
    Normalize? normalize = null
) : ImageTransform
{
    private readonly int size = Side(size);
    private readonly int scaled = (int)Math.Floor(size / InRange(cropPct, 0.1, 1, nameof(cropPct)));

    /// <summary>The same for another size.</summary>
    internal EvaluationCrop At(int size) => new(size, cropPct, interpolation, place, mode, normalize);

    /// <summary>What is known of images that were cropped like this.</summary>
    /// <param name="others">Says the rest.</param>
    internal DataConfig On(DataConfig others) =>
        others with
        {
            InputSize = this.size,
            CropPct = cropPct,
            CropMode = mode,
            Interpolation = interpolation,
        };

    internal override RgbImage Apply(SourceImage image, SplitMix64 random) =>
        image.Use(image.Width, image.Height, Wanted(image.Width, image.Height), Apply);

    internal override RgbImage Apply(RgbImage image, SplitMix64 random) => Apply(DecodedPart.Of(image));

    private RgbImage Apply(DecodedPart image)
    {
        var (full, corner) = Lies(image.Width, image.Height);
        var all = new PixelBox(0, 0, image.Width, image.Height);
        var (width, height) = (Math.Min(full.Width, this.size), Math.Min(full.Height, this.size));
        var (left, top) = (Math.Max(0, corner.Left), Math.Max(0, corner.Top));
        var part = Resampler.Resize(image, all, full, (left, top), (width, height), interpolation);
        return (width, height) == (this.size, this.size)
            ? part
            : Framed(part, Math.Max(0, -corner.Left), Math.Max(0, -corner.Top));
    }

    private RgbImage Framed(RgbImage image, int left, int top)
    {
        var color = Rgb.MeanOf(normalize ?? Normalize.ZeroToOne);
        var result = new RgbImage(this.size, this.size, new byte[this.size * this.size * RgbImage.Channels]);
        for (var i = 0; i < result.Pixels.Length; i += RgbImage.Channels)
        {
            (result.Pixels[i], result.Pixels[i + 1], result.Pixels[i + 2]) = (color.Red, color.Green, color.Blue);
        }

        for (var y = 0; y < image.Height; y++)
        {
            image.Row(y).CopyTo(result.Row(y + top)[(left * RgbImage.Channels)..]);
        }

        return result;
    }

    /// <summary>The size of the resized image, and the corner of the square on it.</summary>
    private ((int Width, int Height) Full, (int Left, int Top) Corner) Lies(int width, int height)
    {
        (int Width, int Height) full = mode switch
        {
            CropMode.Squash => (this.scaled, this.scaled),
            CropMode.Border => (Fitted(width, height), Fitted(height, width)),
            _ => Resize.SizeOf(width, height, this.scaled),
        };
        var (right, bottom) = (full.Width - this.size, full.Height - this.size);
        return (
            full,
            place switch
            {
                CropPlace.TopLeft => (0, 0),
                CropPlace.TopRight => (right, 0),
                CropPlace.BottomLeft => (0, bottom),
                CropPlace.BottomRight => (right, bottom),
                _ => (CenterCrop.Corner(full.Width, this.size), CenterCrop.Corner(full.Height, this.size)),
            }
        );
    }

    /// <summary>The pixels that the square is made of, and all below: an image is counted as evaluated only if it is whole.</summary>
    private PixelArea Wanted(int width, int height)
    {
        var (full, corner) = Lies(width, height);
        var (left, right) = Needed(width, full.Width, corner.Left);
        var (top, _) = Needed(height, full.Height, corner.Top);
        return new PixelArea(left, top, right, height);
    }

    // One side where the longer one is fitted, rounded to the even pixel as Python does.
    private int Fitted(int side, int other) =>
        Math.Max(1, (int)Math.Round(side / (Math.Max(side, other) / (double)this.scaled)));

    private (int First, int End) Needed(int side, int full, int corner)
    {
        var scale = (double)side / full;
        // A filter reaches some pixels, of the image or of the result; one more for what is rounded.
        var reach = Math.Max(2, ResampleKernel.Reach(interpolation)) * Math.Max(scale, 1) + 1;
        return (
            (int)Math.Max(0, corner * scale - reach),
            (int)Math.Min(side, Math.Ceiling((corner + this.size) * scale + reach))
        );
    }
}
