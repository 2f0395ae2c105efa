using TorchSharp;
using TResNet.Data.Images;
using TResNet.Data.Transforms;
using TResNet.Tests.Data.Images;

namespace TResNet.Tests.Data.Transforms;

/// <summary>torchvision's TrivialAugmentWide, and timm's 3a.</summary>
public sealed class TrivialAugmentTests
{
    private static readonly RgbImage Texture = SourceImage.Open(ImageFixture.PathOf("texture.png")).Decode();

    // The last bit of torch's depends on how many values a processor computes at a time.
    [Fact]
    public void Magnitudes_are_spaced_as_torch_spaces_them() =>
        Assert.All(
            TrivialAugment.Operations,
            operation =>
            {
                var (_, from, to, _) = operation;
                var expected = torch.linspace(from, to, TrivialAugment.Bins, torch.ScalarType.Float32).data<float>();
                foreach (var (bin, value) in expected.Index())
                {
                    var own = TrivialAugment.Magnitude(from, to, bin);
                    Assert.Equal(value, own, 2e-7 * Math.Max(from, to));
                }
            }
        );

    [Fact]
    public void Bits_of_posterize_are_torchvisions()
    {
        // 8 - (torch.arange(31) / 5).round().int()
        int[] bits = [8, 8, 8, 7, 7, 7, 7, 7, 6, 6, 6, 6, 6, 5, 5, 5, 5, 5, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 2, 2, 2];
        var trivial = new TrivialAugment();

        Assert.All(
            bits.Index(),
            bin =>
                Assert.Equal(
                    PilTone.Posterize(Texture, bin.Item).Pixels,
                    trivial.Change("Posterize", Texture, TrivialAugment.Magnitude(8, 2, bin.Index)).Pixels
                )
        );
    }

    [Fact]
    public void Each_of_the_fourteen_operations_comes_about_as_often_and_both_ways()
    {
        var trivial = new TrivialAugment();
        var shifted = new HashSet<string>();
        for (var m = -32; m <= 32; m++)
        {
            shifted.Add(Convert.ToHexString(trivial.Change("TranslateX", Texture, m).Pixels));
        }

        var seen = Enumerable
            .Range(0, 2000)
            .Select(seed => Convert.ToHexString(trivial.Apply(Texture, seed).Pixels))
            .ToArray();

        // A fourteenth is left alone, some more by operations that do nothing at their first magnitude.
        var same = Convert.ToHexString(Texture.Pixels);
        Assert.InRange(seen.Count(pixels => pixels == same), 2000 / 14, 2 * 2000 / 14);
        Assert.InRange(seen.Count(pixels => shifted.Contains(pixels) && pixels != same), 90, 200);
        Assert.Contains(Convert.ToHexString(trivial.Change("TranslateX", Texture, 5.3).Pixels), seen);
        Assert.Contains(Convert.ToHexString(trivial.Change("TranslateX", Texture, -5.3).Pixels), seen);
        Assert.Equal(14, TrivialAugment.Operations.Count);
    }

    [Fact]
    public void Three_augment_is_grey_negative_or_blurred_and_has_room_for_a_colour_jitter()
    {
        var policy = AutoAugment.Parse("3a");
        var (grey, negative) = (PilColor.Saturation(Texture, 0).Pixels, PilTone.Solarize(Texture, 128).Pixels);

        var kinds = Enumerable
            .Range(0, 300)
            .Select(seed => policy.Apply(Texture, seed).Pixels)
            .CountBy(pixels =>
                pixels.SequenceEqual(grey) ? "grey"
                : pixels.SequenceEqual(negative) ? "negative"
                : "blurred"
            )
            .ToDictionary();

        Assert.All(["grey", "negative", "blurred"], kind => Assert.InRange(kinds[kind], 70, 130));
        _ = new Augmentations { AutoAugment = "3a", ColorJitter = 0.3 }.Validate();
        Assert.Throws<TResNetException>(() =>
            new Augmentations { AutoAugment = "ta_wide", ColorJitter = 0.3 }.Validate()
        );
    }

    [Fact]
    public void A_filter_that_was_named_is_that_of_policies_too()
    {
        var (named, drawn) = (
            AutoAugment.Parse("rand-n8-p1", null, Interpolation.Nearest),
            AutoAugment.Parse("rand-n8-p1")
        );

        Assert.NotEqual(named.Apply(Texture, 3).Pixels, drawn.Apply(Texture, 3).Pixels);
        Assert.Equal(
            AutoAugment.Parse("ta_wide").Apply(Texture, 8).Pixels,
            AutoAugment.Parse("ta_wide", null, Interpolation.Nearest).Apply(Texture, 8).Pixels
        );
    }
}
