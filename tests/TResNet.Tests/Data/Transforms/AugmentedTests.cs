using System.Globalization;
using TResNet.Data.Images;
using TResNet.Data.Transforms;
using TResNet.Tests.Data.Images;

namespace TResNet.Tests.Data.Transforms;

/// <summary>Pixels are those of PIL's ImageOps, ImageEnhance and Image.transform, exactly.</summary>
public sealed class AugmentedTests
{
    private static readonly RgbImage Texture = SourceImage.Open(ImageFixture.PathOf("texture.png")).Decode();
    private static readonly Rgb Fill = new(124, 116, 104);

    [Fact]
    public void Tones_are_PILs()
    {
        Assert.Equal(Reference("autocontrast"), PilTone.AutoContrast(Texture).Pixels);
        Assert.Equal(Reference("equalize"), PilTone.Equalize(Texture).Pixels);
        Assert.Equal(Reference("invert"), PilTone.Invert(Texture).Pixels);
        Assert.Equal(Reference("solarize_77"), PilTone.Solarize(Texture, 77).Pixels);
        Assert.Equal(Reference("posterize_3"), PilTone.Posterize(Texture, 3).Pixels);
        Assert.Equal(Reference("sharpness_0.2"), PilTone.Sharpness(Texture, 0.2).Pixels);
        Assert.Equal(Reference("sharpness_1.9"), PilTone.Sharpness(Texture, 1.9).Pixels);
    }

    [Fact]
    public void An_image_of_one_colour_keeps_it()
    {
        var flat = new RgbImage(5, 4, [.. Enumerable.Repeat<byte[]>([10, 200, 0], 20).SelectMany(pixel => pixel)]);

        Assert.Equal(flat.Pixels, PilTone.AutoContrast(flat).Pixels);
        Assert.Equal(flat.Pixels, PilTone.Equalize(flat).Pixels);
        Assert.Equal(flat.Pixels, PilTone.Sharpness(flat, 1.9).Pixels);
        Assert.Equal([40, 200, 30], PilTone.SolarizeAdd(flat, 30).Pixels[..3]);
        Assert.All(PilTone.Posterize(flat, 0).Pixels, tone => Assert.Equal(0, tone));
        Assert.Equal(flat.Pixels, PilTone.Posterize(flat, 8).Pixels);
    }

    [Theory]
    [InlineData("bilinear")]
    [InlineData("bicubic")]
    public void Shears_shifts_and_turns_are_PILs(string name)
    {
        var filter = Enum.Parse<Interpolation>(name, ignoreCase: true);

        Assert.Equal(Reference($"{name}_shear_x"), PilAffine.ShearX(Texture, 0.27, filter, Fill).Pixels);
        Assert.Equal(Reference($"{name}_shear_y"), PilAffine.ShearY(Texture, -0.3, filter, Fill).Pixels);
        Assert.Equal(Reference($"{name}_translate"), PilAffine.Translate(Texture, -7.3, 4.6, filter, Fill).Pixels);
        foreach (var degrees in (double[])[-17.5, 26])
        {
            var reference = Reference(string.Create(CultureInfo.InvariantCulture, $"{name}_rotate_{degrees}"));
            Assert.Equal(reference, PilAffine.Rotate(Texture, degrees, filter, Fill).Pixels);
        }

        Assert.Same(Texture, PilAffine.Rotate(Texture, 0, filter, Fill));
    }

    [Fact]
    public void Nearest_pixels_are_PILs_also_where_they_are_moved_by_quarters()
    {
        const Interpolation nearest = Interpolation.Nearest;
        var square = new RgbImage(25, 25, Cropped());

        foreach (var degrees in (double[])[-135, -90, 90, 180, 103.5])
        {
            var reference = Reference(string.Create(CultureInfo.InvariantCulture, $"nearest_rotate_{degrees}"));
            Assert.Equal(reference, PilAffine.Rotate(square, degrees, nearest, default).Pixels);
        }

        foreach (var slope in (double[])[-0.99, 0.264])
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{slope}");
            Assert.Equal(
                Reference($"nearest_shear_x_{name}"),
                PilAffine.ShearX(Texture, slope, nearest, default).Pixels
            );
            Assert.Equal(
                Reference($"nearest_shear_y_{name}"),
                PilAffine.ShearY(Texture, slope, nearest, default).Pixels
            );
        }

        Assert.Equal(Reference("nearest_translate"), PilAffine.Translate(Texture, -7, 4, nearest, default).Pixels);

        static byte[] Cropped() =>
            [.. Enumerable.Range(0, 25).SelectMany(y => Texture.Row(y)[(2 * 3)..(27 * 3)].ToArray())];
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.7)]
    [InlineData(1.3)]
    [InlineData(2.0)]
    [InlineData(40)]
    public void A_blur_is_PILs(double radius)
    {
        var text = radius == 2 ? "2.0" : string.Create(CultureInfo.InvariantCulture, $"{radius}");

        Assert.Equal(Reference($"blur_{text}"), PilBlur.Gaussian(Texture, radius).Pixels);
    }

    private static byte[] Reference(string name) => ImageFixture.Reference($"texture.png.{name}").Pixels;
}
