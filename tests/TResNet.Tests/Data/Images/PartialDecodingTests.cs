using TResNet.Data;
using TResNet.Data.Images;
using TResNet.Data.Transforms;

namespace TResNet.Tests.Data.Images;

/// <summary>What a crop does not need of a JPEG is not decoded, and what it needs is the same as ever.</summary>
public sealed class PartialDecodingTests
{
    private const int Width = 133;
    private const int Height = 171;

    private static readonly int[] Divisors = [1, 2, 4, 8];

    public static TheoryData<string> Jpegs => [.. ImageFixture.Names.Where(name => name.EndsWith(".jpg"))];

    [Fact]
    public void The_decoder_of_parts_was_built() => Assert.True(PartDecoder.IsFound);

    [Theory]
    [InlineData(0)] // TurboJPEG's numbers: 4:4:4
    [InlineData(1)] // 4:2:2
    [InlineData(2)] // 4:2:0
    [InlineData(3)] // grey
    [InlineData(4)] // 4:4:0
    [InlineData(5)] // 4:1:1
    public void A_part_is_that_of_the_whole_image(int subsampling)
    {
        var image = SourceImage.Parse(JpegEncoder.Encode(Noise(), 90, subsampling), "noise");
        var random = new Random(subsampling);
        foreach (var divisor in Divisors)
        {
            var whole = image.Decode(Width / divisor, Height / divisor);
            for (var i = 0; i < 400; i++)
            {
                AssertSame(image, whole, divisor, Area(random, Width, Height));
            }

            // Each corner at every distance from the edges of units.
            for (var at = 1; at < 80; at++)
            {
                AssertSame(image, whole, divisor, new PixelArea(at, at, at + 1, at + 1));
                AssertSame(image, whole, divisor, new PixelArea(0, 0, at, at));
                AssertSame(image, whole, divisor, new PixelArea(Width - at, Height - at, Width, Height));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Jpegs))]
    public void Parts_of_files_of_every_kind_are_those_of_the_whole_image(string name)
    {
        var image = SourceImage.Open(ImageFixture.PathOf(name));
        var random = new Random(name.Sum(c => c));
        foreach (var divisor in Divisors)
        {
            var whole = image.Decode(image.Width / divisor, image.Height / divisor);
            for (var i = 0; i < 100; i++)
            {
                AssertSame(image, whole, divisor, Area(random, image.Width, image.Height));
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void A_part_of_a_turned_image_lies_where_it_belongs(int orientation)
    {
        // The segment of a small file, in front of the segments of a larger one.
        var small = ImageFixture.Bytes($"orientation_{orientation}.jpg");
        var exif = small.AsSpan().IndexOf("Exif"u8) - 4;
        var length = 2 + ((small[exif + 2] << 8) | small[exif + 3]);
        byte[] file = [0xFF, 0xD8, .. small.AsSpan(exif, length), .. JpegEncoder.Encode(Noise(), 90).AsSpan(2)];
        var image = SourceImage.Parse(file, "noise");
        Assert.Equal(orientation >= 5, image.Width > image.Height);
        var random = new Random(orientation);
        var least = int.MaxValue;
        foreach (var divisor in Divisors)
        {
            var whole = image.Decode(image.Width / divisor, image.Height / divisor);
            for (var i = 0; i < 200; i++)
            {
                least = Math.Min(least, AssertSame(image, whole, divisor, Area(random, image.Width, image.Height)));
            }
        }

        Assert.InRange(least, 1, Width * Height / 8 / 64);
    }

    [Theory]
    [InlineData("noise", 50, 60, 60, 70, 48, 64)]
    [InlineData("restarts.jpg", 40, 30, 41, 31, 48, 34)]
    [InlineData("grey_2x2.jpg", 40, 30, 41, 31, 32, 35)]
    public void No_more_is_decoded_than_is_wanted_and_what_lies_around_it(
        string name,
        int left,
        int top,
        int right,
        int bottom,
        int mostWidth,
        int mostHeight
    )
    {
        var file = name == "noise" ? JpegEncoder.Encode(Noise(), 90) : ImageFixture.Bytes(name);
        var image = SourceImage.Parse(file, name);

        var (width, height) = image.Use(
            image.Width,
            image.Height,
            new PixelArea(left, top, right, bottom),
            part => (part.Pixels.Width, part.Pixels.Height)
        );

        Assert.InRange(width, right - left, mostWidth);
        Assert.InRange(height, bottom - top, mostHeight);
    }

    [Fact]
    public void A_crop_of_a_part_is_that_of_the_whole_image()
    {
        var image = SourceImage.Parse(JpegEncoder.Encode(Noise(), 90), "noise");
        var whole = SourceImage.Of(image.Decode(), "whole");
        // So large that no scale saves anything.
        var augment = new Compose(new RandomResizedCrop(190), new RandomFlip(isVertical: false));
        for (var index = 0; index < 100; index++)
        {
            Assert.Equal(augment.Apply(whole, 1, 1, index).Pixels, augment.Apply(image, 1, 1, index).Pixels);
        }

        foreach (var place in Enum.GetValues<CropPlace>())
        {
            foreach (var filter in Enum.GetValues<Interpolation>())
            {
                var crop = new EvaluationCrop(50, 0.7, filter, place);
                Assert.Equal(crop.Apply(whole, 1, 1, 1).Pixels, crop.Apply(image, 1, 1, 1).Pixels);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void Damage_is_reported_as_the_whole_image_reports_it(int subsampling)
    {
        var file = JpegEncoder.Encode(Noise(), 90, subsampling);
        var (refusals, silences) = (0, 0);
        for (var seed = 0; seed < 600; seed++)
        {
            var random = new Random(seed);
            var broken = (byte[])file.Clone();
            for (var changes = random.Next(3); changes >= 0; changes--)
            {
                var at = random.Next(random.Next(5) == 0 ? 2 : 600, file.Length - 1);
                broken[at] ^= (byte)random.Next(1, 256);
                if (random.Next(4) == 0)
                {
                    broken.AsSpan(at, 2).Fill(0xFF); // a marker
                }
            }

            broken = random.Next(4) == 0 ? broken[..random.Next(600, file.Length)] : broken;
            var area = Area(random, Width, Height);
            var toTheEnd = area with { Bottom = Height };
            var whole = Outcome(broken, image => image.Decode());

            Assert.Equal(Cut(whole, toTheEnd), Outcome(broken, image => Part(image, toTheEnd)));
            var part = Outcome(broken, image => Part(image, area));
            // Damage that lies below may go unnoticed; damage that is not there is never reported.
            Assert.True(part == Cut(whole, area) || (whole.StartsWith("noise") && !part.StartsWith("noise")), part);
            refusals += part.StartsWith("noise") ? 1 : 0;
            silences += part == Cut(whole, area) ? 0 : 1;
        }

        Assert.InRange(refusals, 250, 450);
        Assert.InRange(silences, 0, 10);
    }

    [Fact]
    public void A_file_that_ends_too_soon_is_refused_wherever_the_part_lies()
    {
        foreach (var name in (string[])["restarts.jpg", "grey_2x2.jpg"])
        {
            var file = ImageFixture.Bytes(name);
            for (var missing = 2; missing < file.Length / 2; missing += 7)
            {
                var cut = SourceImage.Parse(file.AsMemory(0, file.Length - missing), name);
                var refused = Assert.Throws<TResNetException>(() =>
                    cut.Use(cut.Width, cut.Height, new PixelArea(3, 0, 5, 2), part => part.Left)
                );
                Assert.StartsWith($"{name} is a damaged JPEG image", refused.Message);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Jpegs))]
    public void Parts_of_damaged_files_are_decoded_or_give_one_sentence(string name)
    {
        var whole = ImageFixture.Bytes(name);
        var random = new Random(name.Sum(c => c));
        for (var i = 0; i < 500; i++)
        {
            var file = (byte[])whole.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                file[random.Next(2, file.Length)] = (byte)random.Next(256);
            }

            try
            {
                var limits = new ImageLimits { MaxPixels = 1 << 16 };
                var image = SourceImage.Parse(file, "fuzz", limits);
                var area = Area(random, image.Width, image.Height);
                var divisor = Divisors[random.Next(Divisors.Length)];
                var right = image.Use(
                    image.Width / divisor + 1,
                    image.Height / divisor + 1,
                    area,
                    part => part.Left + part.Pixels.Width
                );
                Assert.InRange(right, 1, image.Width);
            }
            catch (TResNetException refusal)
            {
                Assert.DoesNotContain('\n', refusal.Message);
            }
        }
    }

    /// <summary>Compares the pixels that were asked for.</summary>
    /// <returns>How many were decoded.</returns>
    private static int AssertSame(SourceImage image, RgbImage whole, int divisor, PixelArea area) =>
        image.Use(
            image.Width / divisor,
            image.Height / divisor,
            area,
            part =>
            {
                Assert.Equal((whole.Width, whole.Height), (part.Width, part.Height));
                var (left, right) = (area.Left / part.Divisor, Up(area.Right, part.Divisor));
                for (var y = area.Top / part.Divisor; y < Up(area.Bottom, part.Divisor); y++)
                {
                    Assert.True(
                        Cut(whole.Row(y), left, right)
                            .SequenceEqual(Cut(part.Pixels.Row(y - part.Top), left - part.Left, right - part.Left)),
                        $"Row {y} of {area} at 1/{part.Divisor} differs."
                    );
                }

                return part.Pixels.Width * part.Pixels.Height;
            }
        );

    private static RgbImage Part(SourceImage image, PixelArea area) =>
        image.Use(
            image.Width,
            image.Height,
            area,
            part =>
            {
                var cut = new RgbImage(
                    area.Right - area.Left,
                    area.Bottom - area.Top,
                    new byte[(area.Right - area.Left) * (area.Bottom - area.Top) * 3]
                );
                for (var y = 0; y < cut.Height; y++)
                {
                    Cut(part.Pixels.Row(y + area.Top - part.Top), area.Left - part.Left, area.Right - part.Left)
                        .CopyTo(cut.Row(y));
                }

                return cut;
            }
        );

    /// <summary>The pixels of an area as text, or the sentence of the refusal.</summary>
    private static string Outcome(byte[] file, Func<SourceImage, RgbImage> decode)
    {
        try
        {
            var image = SourceImage.Parse(file, "noise");
            return (image.Width, image.Height) == (Width, Height)
                ? Convert.ToHexString(decode(image).Pixels)
                : "noise of another size";
        }
        catch (TResNetException refusal)
        {
            return refusal.Message;
        }
    }

    /// <summary>The part of an outcome of the whole image.</summary>
    private static string Cut(string whole, PixelArea area)
    {
        const int pixel = 6;
        return whole.StartsWith("noise")
            ? whole
            : string.Concat(
                Enumerable
                    .Range(area.Top, area.Bottom - area.Top)
                    .Select(y =>
                        whole.AsSpan((y * Width + area.Left) * pixel, (area.Right - area.Left) * pixel).ToString()
                    )
            );
    }

    private static Span<byte> Cut(Span<byte> row, int left, int right) => row[(left * 3)..(right * 3)];

    private static PixelArea Area(Random random, int width, int height)
    {
        var (left, top) = (random.Next(width), random.Next(height));
        return new PixelArea(left, top, random.Next(left, width) + 1, random.Next(top, height) + 1);
    }

    private static int Up(int side, int divisor) => (side + divisor - 1) / divisor;

    private static RgbImage Noise()
    {
        var random = new Random(3);
        var image = new RgbImage(Width, Height, new byte[Width * Height * 3]);
        random.NextBytes(image.Pixels);
        return image;
    }
}
