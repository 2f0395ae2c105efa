using TResNet.Data;
using TResNet.Data.Images;
using TResNet.Data.Transforms;
using TResNet.Tests.Data.Images;

namespace TResNet.Tests.Data.Transforms;

public sealed class TransformTests
{
    private static readonly RgbImage Texture = SourceImage.Open(ImageFixture.PathOf("texture.png")).Decode();

    [Theory]
    [InlineData(31, 25, 16, 19, 16)]
    [InlineData(25, 31, 16, 16, 19)]
    [InlineData(500, 375, 256, 341, 256)]
    [InlineData(224, 224, 224, 224, 224)]
    [InlineData(10_000, 1, 2, 20_000, 2)]
    public void The_shorter_side_is_resized_and_the_longer_follows(
        int width,
        int height,
        int size,
        int toWidth,
        int toHeight
    ) => Assert.Equal((toWidth, toHeight), Resize.SizeOf(width, height, size));

    [Fact]
    public void A_crop_larger_than_the_image_gets_a_black_border()
    {
        var image = new RgbImage(2, 1, [1, 2, 3, 4, 5, 6]);

        Assert.Equal(
            [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            new CenterCrop(3).Apply(image).Pixels
        );
        // Halves are rounded to the even pixel, as Python does: 14.5 across to 14, 11.5 down to 12.
        var crop = new CenterCrop(2).Apply(Texture);
        Assert.Equal(Texture.Pixels.AsSpan((12 * 31 + 14) * 3, 6).ToArray(), crop.Pixels[..6]);
    }

    [Fact]
    public void Half_of_the_images_are_mirrored()
    {
        var flip = new RandomFlip(isVertical: false);
        var image = new RgbImage(2, 1, [1, 2, 3, 4, 5, 6]);

        var mirrored = Enumerable.Range(0, 400).Count(seed => flip.Apply(image, seed).Pixels[0] == 4);

        // 200 expected, standard deviation 10.
        Assert.InRange(mirrored, 150, 250);
        Assert.Equal([4, 5, 6, 1, 2, 3], new RandomFlip(isVertical: false, 1).Apply(image).Pixels);
        Assert.Same(image, new RandomFlip(isVertical: false, 0).Apply(image));
    }

    [Fact]
    public void Random_parts_have_the_areas_and_ratios_that_were_asked_for()
    {
        var crop = new RandomResizedCrop(224);
        var (areas, lefts) = (new List<double>(), new List<double>());
        for (var i = 0; i < 2000; i++)
        {
            var part = crop.Draw(500, 375, SplitMix64.For(1, 1, 3, i)).Part;
            Assert.InRange(part.Left + part.Width, part.Width, 500);
            Assert.InRange(part.Top + part.Height, part.Height, 375);
            Assert.InRange(part.Width / part.Height, 0.74, 1.35);
            areas.Add(part.Width * part.Height / (500 * 375));
            lefts.Add(part.Left / (500 - part.Width));
        }

        // Uniform from 0.08 to 1, short of what does not fit; and anywhere across.
        Assert.InRange(areas.Min(), 0.079, 0.1);
        Assert.InRange(areas.Average(), 0.4, 0.54);
        Assert.InRange(lefts.Average(), 0.45, 0.55);
    }

    [Theory]
    [InlineData(1000, 10, 13, 10)] // 4 / 3 of the height
    [InlineData(10, 1000, 10, 13)]
    public void Of_a_strip_the_middle_is_taken(int width, int height, int partWidth, int partHeight)
    {
        var part = new RandomResizedCrop(8, scale: (1, 1)).Draw(width, height, new SplitMix64(1)).Part;

        Assert.Equal(((width - partWidth) / 2, (height - partHeight) / 2), (part.Left, part.Top));
        Assert.Equal((partWidth, partHeight), (part.Width, part.Height));
    }

    [Fact]
    public void A_whole_part_is_the_image_resized()
    {
        var square = Resampler.Resize(Texture, 20, 20, Interpolation.Bilinear);
        var crop = new RandomResizedCrop(9, scale: (1, 1), ratio: (1, 1), Interpolation.Bicubic);

        Assert.Equal(Resampler.Resize(square, 9, 9, Interpolation.Bicubic).Pixels, crop.Apply(square).Pixels);
    }

    [Fact]
    public void A_JPEG_decoded_at_a_smaller_scale_gives_nearly_the_same_crop()
    {
        var file = SourceImage.Open(ImageFixture.PathOf("color_444.jpg"));
        var whole = SourceImage.Of(file.Decode(), "whole");
        var crop = new RandomResizedCrop(4, scale: (0.5, 1));

        var differences = Enumerable
            .Range(0, 50)
            .SelectMany(index => crop.Apply(file, 1, 1, index).Pixels.Zip(crop.Apply(whole, 1, 1, index).Pixels))
            .Select(pair => Math.Abs(pair.First - pair.Second))
            .ToArray();

        // Not the same, or nothing was saved.
        Assert.InRange(differences.Average(), 0.5, 5);
    }

    [Fact]
    public void Seed_epoch_and_index_alone_decide_what_an_image_becomes()
    {
        var augment = new Compose(
            new RandomResizedCrop(8),
            new RandomFlip(isVertical: false),
            new ColorJitter(0.4, 0.4, 0.4, 0.1)
        );
        var image = SourceImage.Of(Texture, "texture");
        var before = Texture.Pixels.ToArray();

        Assert.Equal(Seen(1, 2, 3), Seen(1, 2, 3));
        Assert.NotEqual(Seen(1, 2, 3), Seen(2, 2, 3));
        Assert.NotEqual(Seen(1, 2, 3), Seen(1, 3, 3));
        Assert.NotEqual(Seen(1, 2, 3), Seen(1, 2, 4));
        Assert.Equal(before, Texture.Pixels);

        byte[] Seen(long seed, int epoch, int index) => augment.Apply(image, seed, epoch, index).Pixels;
    }

    [Fact]
    public void One_seed_gives_the_same_draws_on_every_machine()
    {
        var (part, interpolation) = new RandomResizedCrop(224).Draw(500, 375, SplitMix64.For(42, 1, 3, 7));

        Assert.Equal("PixelBox { Left = 64, Top = 12, Width = 269, Height = 263 } Bilinear", $"{part} {interpolation}");
    }

    [Fact]
    public void Without_transforms_an_image_stays_as_it_is() =>
        Assert.Equal(Texture.Pixels, new Compose().Apply(SourceImage.Of(Texture, "texture"), 1, 1, 1).Pixels);

    [Fact]
    public void Values_out_of_range_give_one_sentence()
    {
        Refused("The size in pixels is 0, but it has to be from 1 to 16384; choose another.", () => new CenterCrop(0));
        Refused("cropPct is 1.5, but it has to be from 0.1 to 1; choose another.", () => new EvaluationCrop(224, 1.5));
        Refused(
            "probability is -1, but it has to be from 0 to 1; choose another.",
            () => new RandomFlip(isVertical: false, -1)
        );
        Refused("hue is 0.6, but it has to be from 0 to 0.5; choose another.", () => new ColorJitter(hue: 0.6));
        Refused(
            "contrast is NaN, but it has to be from 0 to 10; choose another.",
            () => new ColorJitter(contrast: double.NaN)
        );
        Refused(
            "The most scale is 0.1, but it has to be from 0.5 to 1; choose another.",
            () => new RandomResizedCrop(224, scale: (0.5, 0.1))
        );

        static void Refused(string sentence, Func<ImageTransform> make) =>
            Assert.Equal(sentence, Assert.Throws<TResNetException>(make).Message);
    }

    [Fact]
    public void A_flip_behind_a_crop_is_the_same_done_at_once()
    {
        var (crop, flip) = (new RandomResizedCrop(9), new RandomFlip(isVertical: false));
        var together = new Compose(crop, flip);
        for (var seed = 0; seed < 20; seed++)
        {
            var random = SplitMix64.For(seed, 1, 3, 0);
            var apart = flip.Apply(crop.Apply(SourceImage.Of(Texture, "texture"), random), random);

            Assert.Equal(apart.Pixels, together.Apply(SourceImage.Of(Texture, "texture"), seed, 1, 0).Pixels);
        }
    }
}
