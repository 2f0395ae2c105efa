// Cutout (T. DeVries, G. Taylor, arXiv 1708.04552), with a random colour as the code of TResNet's authors has it.

using TResNet.Data.Images;

namespace TResNet.Data.Transforms;

/// <summary>Covers a rectangle around a random point; at the border part of it is outside.</summary>
/// <param name="share">Its height and width as a share of the image's, above 0 to 1.</param>
/// <param name="fill">Its colour; null draws one for each image.</param>
/// <exception cref="TResNetException">The share is out of range.</exception>
internal sealed class Cutout(double share = 0.5, Rgb? fill = null) : ImageTransform
{
    private readonly double share = InRange(share, 1e-6, 1, nameof(share));

    internal override RgbImage Apply(RgbImage image, SplitMix64 random)
    {
        var (left, right) = Side(image.Width);
        var (top, bottom) = Side(image.Height);
        var color = fill ?? new Rgb((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
        var result = RgbImage.Uninitialized(image.Width, image.Height);
        image.Pixels.CopyTo(result.Pixels, 0);
        for (var y = top; y < bottom; y++)
        {
            var row = result.Row(y);
            for (var at = left * RgbImage.Channels; at < right * RgbImage.Channels; at += RgbImage.Channels)
            {
                (row[at], row[at + 1], row[at + 2]) = (color.Red, color.Green, color.Blue);
            }
        }

        return result;

        (int First, int End) Side(int side)
        {
            var (length, center) = ((int)(this.share * side + 0.5), random.Next(side));
            var first = center - length / 2;
            return (Math.Max(0, first), Math.Min(side, first + length));
        }
    }
}
