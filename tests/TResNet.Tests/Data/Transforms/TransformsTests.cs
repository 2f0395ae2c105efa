using TResNet.Data.Images;
using TResNet.Data.Transforms;
using Factory = TResNet.Data.Transforms.Transforms;

namespace TResNet.Tests.Data.Transforms;

/// <summary>What users call gives what the pipeline is made of.</summary>
public sealed class TransformsTests
{
    private static readonly RgbImage Image = Noise(40, 30);

    public static TheoryData<string> Names() => [.. Pairs.Keys];

    private static readonly Dictionary<string, (ImageTransform Made, ImageTransform Expected)> Pairs = new()
    {
        ["Resize"] = (Factory.Resize(17, Interpolation.Bicubic), new Resize(17, Interpolation.Bicubic)),
        ["CenterCrop"] = (Factory.CenterCrop(35), new CenterCrop(35)),
        ["EvaluationCrop"] = (
            Factory.EvaluationCrop(16, 0.7, Interpolation.Bilinear),
            new EvaluationCrop(16, 0.7, Interpolation.Bilinear)
        ),
        ["RandomResizedCrop"] = (
            Factory.RandomResizedCrop(16, (0.2, 0.4), (1, 2), Interpolation.Bicubic),
            new RandomResizedCrop(16, (0.2, 0.4), (1, 2), Interpolation.Bicubic)
        ),
        ["RandomHorizontalFlip"] = (Factory.RandomHorizontalFlip(1), new RandomFlip(isVertical: false, 1)),
        ["ColorJitter"] = (Factory.ColorJitter(0.4, 0.3, 0.2, 0.1), new ColorJitter(0.4, 0.3, 0.2, 0.1)),
        ["AutoAugment"] = (
            Factory.AutoAugment("v0-mstd0.5", (1, 2, 3)),
            new AutoAugment("v0-mstd0.5", new Rgb(1, 2, 3))
        ),
        ["RandAugment"] = (
            Factory.RandAugment("rand-m9-mstd0.5-inc1", (1, 2, 3)),
            new RandAugment("rand-m9-mstd0.5-inc1", new Rgb(1, 2, 3))
        ),
        ["Cutout"] = (Factory.Cutout(0.4, (1, 2, 3)), new Cutout(0.4, new Rgb(1, 2, 3))),
        ["Cutout of any colour"] = (Factory.Cutout(), new Cutout()),
        ["Compose"] = (
            Factory.Compose(Factory.Resize(20), Factory.CenterCrop(16)),
            new Compose(new Resize(20), new CenterCrop(16))
        ),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_makes_the_transform_of_its_name(string name)
    {
        var (made, expected) = Pairs[name];
        for (var seed = 0; seed < 8; seed++)
        {
            var (one, other) = (made.Apply(Image, seed), expected.Apply(Image, seed));
            Assert.Equal((other.Width, other.Height), (one.Width, one.Height));
            Assert.Equal(other.Pixels, one.Pixels);
        }
    }

    [Fact]
    public void A_value_out_of_range_is_refused_in_one_sentence() =>
        Assert.Contains("is 0, but", Assert.Throws<TResNetException>(() => Factory.Resize(0)).Message);

    private static RgbImage Noise(int width, int height)
    {
        var pixels = new byte[width * height * RgbImage.Channels];
        new Random(3).NextBytes(pixels);
        return new RgbImage(width, height, pixels);
    }
}
