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

    private static byte[] Reference(string name) => ImageFixture.Reference($"texture.png.{name}").Pixels;
}
