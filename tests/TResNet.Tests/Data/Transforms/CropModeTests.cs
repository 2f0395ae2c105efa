using TResNet.Data.Images;
using TResNet.Data.Transforms;

namespace TResNet.Tests.Data.Transforms;

/// <summary>How an image that is no square becomes one, beside the same done step by step.</summary>
public sealed class CropModeTests
{
    private static readonly RgbImage Wide = Pattern(40, 20);

    [Fact]
    public void Squash_fits_both_sides_and_cuts_the_middle()
    {
        var steps = new CenterCrop(14).Apply(Resampler.Resize(Wide, 16, 16, Interpolation.Bicubic));

        Assert.Equal(steps.Pixels, Crop(14, 0.875, CropMode.Squash).Apply(Wide).Pixels);
        Assert.Equal(
            Resampler.Resize(Wide, 14, 14, Interpolation.Bicubic).Pixels,
            Crop(14, 1, CropMode.Squash).Apply(Wide).Pixels
        );
    }

    [Theory]
    [InlineData(40, 20, 1, 14, 7, 0, 3)]
    [InlineData(20, 40, 1, 7, 14, 3, 0)]
    [InlineData(40, 20, 0.875, 16, 8, -1, 3)]
    [InlineData(1000, 2, 1, 14, 1, 0, 6)]
    public void Border_fits_the_longer_side_and_fills_the_rest_with_the_mean_colour(
        int width,
        int height,
        double share,
        int fittedWidth,
        int fittedHeight,
        int left,
        int top
    )
    {
        var image = Pattern(width, height);
        var fitted = Resampler.Resize(image, fittedWidth, fittedHeight, Interpolation.Bicubic);

        var square = Crop(14, share, CropMode.Border).Apply(image);

        for (var y = 0; y < 14; y++)
        {
            for (var x = 0; x < 14; x++)
            {
                var (inX, inY) = (x - left, y - top);
                var isInside = inX >= 0 && inX < fittedWidth && inY >= 0 && inY < fittedHeight;
                byte[] expected = isInside
                    ? [.. fitted.Pixels.AsSpan((inY * fittedWidth + inX) * 3, 3)]
                    : [124, 116, 104];
                Assert.Equal(expected, square.Pixels.AsSpan((y * 14 + x) * 3, 3).ToArray());
            }
        }
    }

    private static EvaluationCrop Crop(int size, double share, CropMode mode) =>
        new(size, share, Interpolation.Bicubic, CropPlace.Center, mode, Normalize.ImageNet);

    private static RgbImage Pattern(int width, int height) =>
        new(width, height, [.. Enumerable.Range(0, width * height * 3).Select(i => (byte)(i * 37 % 251))]);
}
