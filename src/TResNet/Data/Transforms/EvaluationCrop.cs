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
/// <exception cref="TResNetException">A value is out of range.</exception>
public sealed class EvaluationCrop(
    int size,
    double cropPct = 0.875,
    Interpolation interpolation = Interpolation.Bicubic,
    CropPlace place = CropPlace.Center
) : ImageTransform
{
    private readonly int _size = Side(size);
    private readonly int _shorter = (int)Math.Floor(size / InRange(cropPct, 0.1, 1, nameof(cropPct)));

    /// <summary>The same for another size.</summary>
    internal EvaluationCrop At(int size) => new(size, cropPct, interpolation, place);

    internal override RgbImage Apply(SourceImage image, SplitMix64 random) =>
        image.Use(image.Width, image.Height, new PixelArea(0, 0, image.Width, image.Height), Apply);

    internal override RgbImage Apply(RgbImage image, SplitMix64 random) => Apply(DecodedPart.Of(image));

    private RgbImage Apply(DecodedPart image)
    {
        var full = Resize.SizeOf(image.Width, image.Height, _shorter);
        var (right, bottom) = (full.Width - _size, full.Height - _size);
        var corner = place switch
        {
            CropPlace.TopLeft => (0, 0),
            CropPlace.TopRight => (right, 0),
            CropPlace.BottomLeft => (0, bottom),
            CropPlace.BottomRight => (right, bottom),
            _ => (CenterCrop.Corner(full.Width, _size), CenterCrop.Corner(full.Height, _size)),
        };
        var all = new PixelBox(0, 0, image.Width, image.Height);
        return Resampler.Resize(image, all, full, corner, (_size, _size), interpolation);
    }
}
