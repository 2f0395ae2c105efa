using TResNet.Data.Images;
using TResNet.Data.Transforms;
using TResNet.Tests.Data.Images;

namespace TResNet.Tests.Data.Transforms;

/// <summary>Pixels are those of PIL's ImageEnhance and of torchvision's hue, exactly.</summary>
public sealed class ColorTests
{
    private static readonly RgbImage Texture = SourceImage.Open(ImageFixture.PathOf("texture.png")).Decode();

    [Theory]
    [InlineData("0.0")]
    [InlineData("0.6")]
    [InlineData("1.0")]
    [InlineData("1.7")]
    public void Brightness_contrast_and_saturation_are_PILs(string factor)
    {
        var value = double.Parse(factor, System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(Reference($"brightness_{factor}"), PilColor.Brightness(Texture, value).Pixels);
        Assert.Equal(Reference($"contrast_{factor}"), PilColor.Contrast(Texture, value).Pixels);
        Assert.Equal(Reference($"saturation_{factor}"), PilColor.Saturation(Texture, value).Pixels);
    }

    [Theory]
    [InlineData(-0.5)]
    [InlineData(-0.1)]
    [InlineData(0.3)]
    public void Hue_is_torchvisions(double turn) =>
        Assert.Equal(Reference($"hue_{turn}"), PilColor.Hue(Texture, turn).Pixels);

    [Fact]
    public void Jitter_changes_what_it_was_given_a_strength_for()
    {
        var grey = new RgbImage(2, 1, [100, 100, 100, 200, 200, 200]);

        // Grey has neither saturation nor hue to change.
        Assert.Equal(grey.Pixels, new ColorJitter(saturation: 0.9, hue: 0.5).Apply(grey).Pixels);
        Assert.Same(grey, new ColorJitter().Apply(grey));
        var brighter = Enumerable
            .Range(0, 200)
            .Select(seed => new ColorJitter(brightness: 0.5).Apply(grey, seed).Pixels[0]);
        Assert.InRange(brighter.Min(), 50, 55);
        Assert.InRange(brighter.Max(), 144, 150);
    }

    private static byte[] Reference(string name) => ImageFixture.Reference($"texture.png.{name}").Pixels;
}
