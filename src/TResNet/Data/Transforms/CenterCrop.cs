// torchvision's CenterCrop, and the way in which timm puts it behind a Resize for evaluation (crop_pct).

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>A square from the middle of an image; what the image lacks is black.</summary>
/// <param name="size">The side in pixels, 1 to 16,384.</param>
/// <exception cref="TResNetException">The size is out of range.</exception>
internal sealed class CenterCrop(int size) : ImageTransform
{
    private readonly int size = Side(size);

    internal override RgbImage Apply(RgbImage image, SplitMix64 random)
    {
        var (left, top) = (Corner(image.Width, this.size), Corner(image.Height, this.size));
        var result = new RgbImage(this.size, this.size, new byte[this.size * this.size * RgbImage.Channels]);
        var (from, to) = (Math.Max(0, left) * RgbImage.Channels, Math.Max(0, -left) * RgbImage.Channels);
        var bytes = Math.Min(this.size, image.Width) * RgbImage.Channels;
        for (var y = Math.Max(0, -top); y < this.size && y + top < image.Height; y++)
        {
            image.Row(y + top).Slice(from, bytes).CopyTo(result.Row(y)[to..]);
        }

        return result;
    }

    /// <summary>Where the crop begins; negative where the image is smaller. A crop is rounded to the even pixel, a border down, as torchvision does.</summary>
    internal static int Corner(int side, int size) =>
        side >= size ? (int)Math.Round((side - size) / 2.0) : -((size - side) / 2);
}
