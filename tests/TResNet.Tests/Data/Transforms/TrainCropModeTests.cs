using TResNet.Data.Images;
using TResNet.Data.Transforms;
using TResNet.Tests.Data.Images;

namespace TResNet.Tests.Data.Transforms;

/// <summary>How a photograph becomes a square for training.</summary>
public sealed class TrainCropModeTests
{
    private static readonly RgbImage Texture = SourceImage.Open(ImageFixture.PathOf("texture.png")).Decode();

    [Theory]
    [InlineData(TrainCropMode.Squash, CropMode.Squash)]
    [InlineData(TrainCropMode.Center, CropMode.Center)]
    [InlineData(TrainCropMode.Border, CropMode.Border)]
    internal void Whole_images_are_those_of_evaluation_without_a_margin(TrainCropMode mode, CropMode evaluation)
    {
        var transform = Training(mode, Interpolation.Bilinear);
        var expected = new EvaluationCrop(
            14,
            1,
            Interpolation.Bilinear,
            CropPlace.Center,
            evaluation,
            Normalize.ImageNet
        ).Apply(Texture);

        Assert.All(
            Enumerable.Range(0, 5),
            seed => Assert.Equal(expected.Pixels, transform.Apply(Texture, seed).Pixels)
        );
    }

    [Fact]
    public void A_filter_that_nobody_named_is_drawn_for_whole_images_too() =>
        Assert.Equal(
            2,
            Enumerable
                .Range(0, 30)
                .Select(seed => Convert.ToHexString(Training(TrainCropMode.Squash, null).Apply(Texture, seed).Pixels))
                .Distinct()
                .Count()
        );

    [Fact]
    public void Squashing_leaves_nothing_out_of_a_wide_image()
    {
        var wide = new RgbImage(60, 10, new byte[60 * 10 * 3]);
        for (var y = 0; y < 10; y++)
        {
            wide.Row(y)[..30].Fill(255);
            wide.Row(y)[^30..].Fill(255);
        }

        var square = Training(TrainCropMode.Squash, Interpolation.Bilinear).Apply(wide);

        Assert.Equal((255, 255), (square.Row(5)[0], square.Row(5)[^1]));
        Assert.Equal(0, Training(TrainCropMode.Center, Interpolation.Bilinear).Apply(wide).Pixels.Max());
    }

    [Fact]
    public void Nearly_kept_proportions_are_drawn_as_timm_draws_them()
    {
        var transform = new RandomResizeKeepRatio(200, (0.8, 1), (0.9, 1 / 0.9), anywhere: true, null);
        var drawn = Enumerable
            .Range(0, 4000)
            .Select(seed => transform.Draw(600, 400, SplitMix64.For(seed, 1, 9)))
            .ToArray();

        // Half keep their size, half their proportions, whatever the other draws.
        Assert.InRange(drawn.Count(d => d.Width * 2 == d.Height * 3 && d.Height == 200), 900, 1150);
        Assert.All(
            drawn,
            d =>
            {
                // The largest: 1 / sqrt(0.8), and sqrt(1 / 0.9) of it to one side.
                Assert.InRange(d.Width, Math.Floor(300 * Math.Sqrt(0.9)), Math.Ceiling(300 / Math.Sqrt(0.8 * 0.9)));
                Assert.InRange(d.Height, Math.Floor(200 * Math.Sqrt(0.9)), Math.Ceiling(200 / Math.Sqrt(0.8 * 0.9)));
                Assert.InRange(d.Left, 0, d.Width - 200);
                Assert.InRange(d.Top, Math.Min(0, d.Height - 200), Math.Max(0, d.Height - 200));
            }
        );
        Assert.Contains(drawn, d => d.Height < 200);
        Assert.True(drawn.Select(d => d.Left).Distinct().Count() > 10);
        var middle = new RandomResizeKeepRatio(20, (1, 1), (1, 1), anywhere: false, Interpolation.Bilinear);
        Assert.Equal(
            new CenterCrop(20).Apply(Resampler.Resize(Texture, 25, 20, Interpolation.Bilinear)).Pixels,
            middle.Apply(Texture).Pixels
        );
    }

    [Fact]
    public void What_an_image_lacks_is_mirrored_at_its_edges_as_numpy_reflects()
    {
        // Two of three rows: their mirror images go on and on.
        var image = new RgbImage(1, 3, [0, 0, 0, 100, 100, 100, 200, 200, 200]);
        var transform = new RandomResizeKeepRatio(3, (1, 1), (0.01, 0.01), anywhere: false, Interpolation.Nearest);
        var squares = Enumerable.Range(0, 20).Select(seed => transform.Apply(image, seed)).ToArray();

        Assert.All(squares, square => Assert.Equal((3, 3), (square.Width, square.Height)));
        // np.pad([0, 1, 2], 4, mode="reflect") is 2 1 0 1 [0 1 2] ...: an image of one pixel is that pixel everywhere.
        Assert.All(
            squares,
            square => Assert.All(Enumerable.Range(0, 3), y => Assert.Single(square.Row(y).ToArray().Distinct()))
        );
    }

    private static ImageTransform Training(TrainCropMode mode, Interpolation? filter) =>
        new Augmentations
        {
            TrainCropMode = mode,
            HFlip = 0,
            TrainInterpolation = filter,
        }.OnImages(14, isPhotograph: true, Normalize.ImageNet, new EvaluationCrop(14));
}
