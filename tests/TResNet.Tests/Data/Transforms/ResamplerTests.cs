using TResNet.Data.Images;
using TResNet.Data.Transforms;
using TResNet.Tests.Data.Images;

namespace TResNet.Tests.Data.Transforms;

/// <summary>Pixels are PIL's, exactly.</summary>
public sealed class ResamplerTests
{
    private static readonly RgbImage Texture = SourceImage.Open(ImageFixture.PathOf("texture.png")).Decode();

    [Theory]
    [InlineData("bilinear", 12, 9)]
    [InlineData("bilinear", 50, 40)]
    [InlineData("bilinear", 31, 9)]
    [InlineData("bicubic", 12, 9)]
    [InlineData("bicubic", 50, 40)]
    [InlineData("bicubic", 31, 9)]
    [InlineData("nearest", 12, 9)]
    [InlineData("nearest", 50, 40)]
    [InlineData("nearest", 31, 9)]
    [InlineData("box", 12, 9)]
    [InlineData("box", 50, 40)]
    [InlineData("box", 31, 9)]
    [InlineData("hamming", 12, 9)]
    [InlineData("hamming", 50, 40)]
    [InlineData("hamming", 31, 9)]
    [InlineData("lanczos", 12, 9)]
    [InlineData("lanczos", 50, 40)]
    [InlineData("lanczos", 31, 9)]
    public void An_image_is_resized_as_PIL_does_it(string filter, int width, int height) =>
        Assert.Equal(
            ImageFixture.Reference($"texture.png.{filter}_{width}x{height}").Pixels,
            Resampler.Resize(Texture, width, height, Filter(filter)).Pixels
        );

    [Theory]
    [InlineData("bilinear")]
    [InlineData("bicubic")]
    public void What_is_cropped_away_does_not_shine_in(string filter) =>
        Assert.Equal(
            ImageFixture.Reference($"texture.png.{filter}_part").Pixels,
            Resampler.Resize(Texture, new PixelBox(5, 3, 20, 19), 8, 8, Filter(filter)).Pixels
        );

    [Theory]
    [InlineData("bilinear")]
    [InlineData("bicubic")]
    public void The_evaluation_crop_is_a_resize_and_a_crop(string filter)
    {
        var evaluated = new EvaluationCrop(14, cropPct: 0.875, Filter(filter)).Apply(Texture);

        Assert.Equal(ImageFixture.Reference($"texture.png.{filter}_evaluation").Pixels, evaluated.Pixels);
        var oneByOne = new Compose(new Resize(16, Filter(filter)), new CenterCrop(14)).Apply(Texture);
        Assert.Equal(oneByOne.Pixels, evaluated.Pixels);
    }

    [Fact]
    public void A_flat_image_stays_flat_at_any_size()
    {
        var flat = new RgbImage(7, 5, [.. Enumerable.Repeat<byte[]>([10, 255, 0], 35).SelectMany(pixel => pixel)]);
        foreach (var filter in Enum.GetValues<Interpolation>())
        {
            for (var size = 1; size < 40; size++)
            {
                var pixels = Resampler.Resize(flat, new PixelBox(0.3, 0.7, 6.4, 3.9), size, size, filter).Pixels;
                Assert.All(pixels.Chunk(3), pixel => Assert.Equal([10, 255, 0], pixel));
            }
        }
    }

    [Fact]
    public void The_smallest_images_are_resized_too()
    {
        var pixel = new RgbImage(1, 1, [1, 2, 3]);

        Assert.Equal([1, 2, 3, 1, 2, 3], Resampler.Resize(pixel, 2, 1, Interpolation.Bicubic).Pixels);
        Assert.Equal(3, Resampler.Resize(Texture, 1, 1, Interpolation.Bilinear).Pixels.Length);
    }

    private static Interpolation Filter(string name) => Enum.Parse<Interpolation>(name, ignoreCase: true);
}
