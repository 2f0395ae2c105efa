using TResNet.Data;
using TResNet.Data.Images;
using TResNet.Data.Transforms;
using TResNet.Tests.Data.Images;

namespace TResNet.Tests.Data.Transforms;

public sealed class PolicyTests
{
    private static readonly RgbImage Texture = SourceImage.Open(ImageFixture.PathOf("texture.png")).Decode();

    [Theory]
    [InlineData("original")]
    [InlineData("originalr-mstd0.5")]
    [InlineData("v0")]
    [InlineData("v0r")]
    [InlineData("rand-m9-mstd0.5-inc1")]
    [InlineData("rand-n4-p1-mstd101-mmax30-m25")]
    [InlineData("rand")]
    public void A_policy_is_the_same_for_one_seed_and_hardly_ever_for_another(string text)
    {
        var policy = AutoAugment.Parse(text);

        var seen = Enumerable
            .Range(0, 60)
            .Select(seed => Convert.ToHexString(policy.Apply(Texture, seed).Pixels))
            .ToArray();

        Assert.Equal(
            seen,
            Enumerable.Range(0, 60).Select(seed => Convert.ToHexString(policy.Apply(Texture, seed).Pixels))
        );
        Assert.InRange(seen.Distinct().Count(), 20, 60);
    }

    [Fact]
    public void Operations_have_timms_scales()
    {
        Assert.Equal(PilTone.Posterize(Texture, 4 - 3).Pixels, At("PosterizeIncreasing", 9).Pixels);
        Assert.Equal(PilTone.Posterize(Texture, 3).Pixels, At("Posterize", 9).Pixels);
        Assert.Equal(PilTone.Posterize(Texture, 7).Pixels, At("PosterizeOriginal", 9).Pixels);
        Assert.Equal(PilTone.Solarize(Texture, 230).Pixels, At("Solarize", 9).Pixels);
        Assert.Equal(PilTone.Solarize(Texture, 26).Pixels, At("SolarizeIncreasing", 9).Pixels);
        Assert.Equal(PilTone.SolarizeAdd(Texture, 99).Pixels, At("SolarizeAdd", 9).Pixels);
        Assert.Equal(PilColor.Contrast(Texture, 1.72).Pixels, At("Contrast", 9).Pixels);
        Assert.Contains(
            Convert.ToHexString(At("BrightnessIncreasing", 5).Pixels),
            new[] { 0.55, 1.45 }.Select(factor => Convert.ToHexString(PilColor.Brightness(Texture, factor).Pixels))
        );
    }

    [Fact]
    public void A_probability_of_zero_leaves_every_image_as_it_is() =>
        Assert.All(
            Enumerable.Range(0, 20),
            seed => Assert.Same(Texture, new RandAugment("rand-p0").Apply(Texture, seed))
        );

    [Theory]
    [InlineData("rand-m9-x3", "'x3' in rand-m9-x3 is no section of it; take m (magnitude), n (operations an image)")]
    [InlineData("rand-m", "'m' in rand-m is no section of it")]
    [InlineData("rand-m1e3", "'m1e3' in rand-m1e3 is no section of it")]
    [InlineData("rand-m31", "m in rand-m31 is 31, but it has to be from 0 to 30; choose another.")]
    [InlineData("rand-n0", "n in rand-n0 is 0, but it has to be from 1 to 20; choose another.")]
    [InlineData("rand-p2", "p in rand-p2 is 2, but it has to be from 0 to 1; choose another.")]
    [InlineData(
        "random",
        "There is no policy 'random'; take original, originalr, v0, v0r, 3a, ta_wide, or a text such as rand-m9-mstd0.5-inc1."
    )]
    [InlineData(
        "original-m9",
        "'m9' in original-m9 is no section of it; take mstd (deviation of the magnitude), each with a number behind."
    )]
    [InlineData("", "There is no policy ''")]
    public void A_text_that_is_no_policy_gives_one_sentence(string text, string sentence)
    {
        var error = Assert.Throws<TResNetException>(() => AutoAugment.Parse(text));

        Assert.StartsWith(sentence, error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_cutout_covers_at_most_its_share_and_less_at_the_border()
    {
        var white = new RgbImage(20, 20, [.. Enumerable.Repeat((byte)255, 1200)]);
        var covered = Enumerable
            .Range(0, 200)
            .Select(seed =>
                new Cutout(0.5, new Rgb(1, 2, 3)).Apply(white, seed).Pixels.Chunk(3).Count(pixel => pixel is [1, 2, 3])
            )
            .ToArray();

        Assert.Equal(100, covered.Max());
        Assert.InRange(covered.Min(), 25, 40);
        Assert.All(white.Pixels, value => Assert.Equal(255, value));
    }

    [Theory]
    [InlineData(nameof(ErasingFill.Constant))]
    [InlineData(nameof(ErasingFill.Color))]
    [InlineData(nameof(ErasingFill.Pixels))]
    public void Erasing_takes_a_rectangle_of_a_fiftieth_to_a_third(string name)
    {
        var fill = Enum.Parse<ErasingFill>(name);
        for (var seed = 0; seed < 50; seed++)
        {
            var planes = Enumerable.Repeat(9f, 3 * 40 * 50).ToArray();
            new RandomErasing(1, fill).Apply(planes, 40, 50, SplitMix64.For(seed, 1, 4));

            var erased = planes.Chunk(2000).Select(plane => plane.Count(value => value != 9)).Distinct().ToArray();
            Assert.InRange(Assert.Single(erased), 25, 720);
            Assert.Equal(fill != ErasingFill.Pixels, planes.Distinct().Count() <= 4);
            Assert.Equal(fill == ErasingFill.Constant, planes.Contains(0));
        }
    }

    [Fact]
    public void A_probability_of_zero_erases_nothing()
    {
        var planes = new float[] { 1, 2, 3 };
        new RandomErasing(0).Apply(planes, 1, 1, SplitMix64.For(1, 1, 4));
        Assert.Equal([1, 2, 3], planes);
        Assert.Throws<TResNetException>(() => new RandomErasing(1.5));
    }

    [Fact]
    public void Mixup_mixes_first_and_last_and_their_labels_in_one_share()
    {
        var images = Enumerable.Range(0, 3).SelectMany(i => Enumerable.Repeat((float)i, 3 * 5 * 5)).ToArray();
        var labels = new float[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
        new BatchMix(mixup: 1, cutmix: 0).Apply(images, labels, (3, 3, 5, 5), SplitMix64.For(1, 1, 5));

        var share = labels[0];
        Assert.InRange(share, 0.01f, 0.99f);
        Assert.Equal([share, 0, 1 - share, 0, 1, 0, 1 - share, 0, share], labels);
        Assert.All(images[..75], value => Assert.Equal(2 * (1 - share), value, 1e-6));
        Assert.All(images[75..150], value => Assert.Equal(1, value));
        Assert.All(images[150..], value => Assert.Equal(2 * share, value, 1e-6));
    }

    [Fact]
    public void Cutmix_exchanges_a_rectangle_and_counts_its_area_exactly()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var images = Enumerable.Range(0, 2).SelectMany(i => Enumerable.Repeat((float)i, 3 * 8 * 10)).ToArray();
            var labels = new float[] { 1, 0, 0, 1 };
            new BatchMix(mixup: 0, cutmix: 1).Apply(images, labels, (2, 3, 8, 10), SplitMix64.For(seed, 1, 5));

            Assert.Equal(images[..80].Average(), 1 - labels[0], 1e-6);
            Assert.Equal(images[..80], images[160..240]);
            Assert.Equal(images[..240], images[240..].Select(value => 1 - value));
            Assert.Equal([labels[0], labels[1], labels[1], labels[0]], labels);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(3)]
    public void Shares_are_beta_distributed(double alpha)
    {
        var random = SplitMix64.For(7, 1, 5);
        var shares = Enumerable.Range(0, 20_000).Select(_ => random.Beta(alpha)).ToArray();

        // The variance of Beta(a, a) is 1 / (4 (2 a + 1)).
        Assert.Equal(0.5, shares.Average(), 0.02);
        Assert.Equal(1 / (4 * (2 * alpha + 1)), shares.Average(share => (share - 0.5) * (share - 0.5)), 0.01);
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
    }

    [Fact]
    public void Augmentations_that_cannot_be_used_give_one_sentence()
    {
        Assert.Equal(
            "The policy v0 changes colours already, so a colour jitter of 0.4 has no place beside it; leave one out.",
            Refusal(new Augmentations { AutoAugment = "v0", ColorJitter = 0.4 })
        );
        Assert.StartsWith("mixup is -1, but", Refusal(new Augmentations { Mixup = -1 }));
        Assert.StartsWith("The probability of erasing is 2,", Refusal(new Augmentations { RandomErasing = 2 }));
        Assert.StartsWith("share is 3,", Refusal(new Augmentations { Cutout = 3 }));

        static string Refusal(Augmentations augmentations) =>
            Assert.Throws<TResNetException>(() => augmentations.Validate()).Message;
    }

    private static RgbImage At(string name, double magnitude) =>
        AugmentOperation.Of(name).Vary(Texture, magnitude, 0, 10, new(SplitMix64.For(1, 1, 3), default));
}
