using TResNet.Data.Images;

namespace TResNet.Tests.Data.Images;

/// <summary>Rows below a crop are not decoded, and those above are the same as ever.</summary>
public sealed class PartialDecodingTests
{
    private const int Width = 53;
    private const int Height = 171;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void The_first_rows_are_those_of_the_whole_image(int subsampling)
    {
        var image = SourceImage.Parse(JpegEncoder.Encode(Noise(), 90, subsampling), "noise");
        var shortest = int.MaxValue;
        foreach (var divisor in (int[])[1, 2, 4, 8])
        {
            var whole = image.Decode(Width / divisor, Height / divisor);
            for (var rows = 1; rows <= Height; rows++)
            {
                var (height, pixels) = image.Use(
                    Width / divisor,
                    Height / divisor,
                    rows,
                    (top, by) =>
                    {
                        Assert.Equal((divisor, whole.Width), (by, top.Width));
                        return (top.Height, top.Pixels[..(top.Width * 3 * Wanted(rows, divisor))]);
                    }
                );
                Assert.InRange(height, Wanted(rows, divisor), whole.Height);
                Assert.Equal(whole.Pixels[..pixels.Length], pixels);
                shortest = Math.Min(shortest, height * divisor);
            }
        }

        Assert.InRange(shortest, 1, 40);
    }

    [Fact]
    public void Damage_in_the_rows_that_are_wanted_is_noticed()
    {
        var file = JpegEncoder.Encode(Noise(), 90);
        var cut = SourceImage.Parse(file[..(file.Length / 4)], "noise");

        Assert.Throws<TResNetException>(() => cut.Use(1, 1, 100, (_, _) => "decoded"));
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var broken = (byte[])file.Clone();
            broken[random.Next(700, file.Length)] ^= (byte)random.Next(1, 256);
            try
            {
                var height = SourceImage.Parse(broken, "noise").Use(Width, Height, 20, (top, _) => new { top.Height });
                Assert.True(height.Height is 48 or Height);
            }
            catch (TResNetException refused)
            {
                Assert.StartsWith("noise is a damaged JPEG image", refused.Message);
            }
        }
    }

    private static int Wanted(int rows, int divisor) => (rows + divisor - 1) / divisor;

    private static RgbImage Noise()
    {
        var random = new Random(3);
        var image = new RgbImage(Width, Height, new byte[Width * Height * 3]);
        random.NextBytes(image.Pixels);
        return image;
    }
}
