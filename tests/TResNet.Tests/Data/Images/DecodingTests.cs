using TResNet.Data.Images;

namespace TResNet.Tests.Data.Images;

/// <summary>Pixels are PIL's, which is what the published weights were trained on.</summary>
public sealed class DecodingTests
{
    public static TheoryData<string> All => [.. ImageFixture.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void Pixels_are_the_ones_that_PIL_decodes(string name)
    {
        var expected = ImageFixture.Reference(name);
        var image = SourceImage.Open(ImageFixture.PathOf(name));

        Assert.Equal((expected.Width, expected.Height), (image.Width, image.Height));
        Assert.Equal(0, ImageFixture.LargestDifference(expected, image.Decode()));
    }

    [Fact]
    public void The_fixtures_are_all_there() => Assert.Equal(64, ImageFixture.Names.Count());

    [Theory]
    [InlineData("color_444")]
    [InlineData("color_420")]
    [InlineData("grey")]
    [InlineData("cmyk")]
    [InlineData("orientation_6")]
    public void A_JPEG_is_decoded_at_half_the_size_where_that_will_do(string name)
    {
        var expected = ImageFixture.Reference($"{name}.jpg.half");

        var image = SourceImage.Open(ImageFixture.PathOf($"{name}.jpg")).Decode(leastSide: 9);

        Assert.Equal(0, ImageFixture.LargestDifference(expected, image));
    }

    [Theory]
    [InlineData(1, 3, 3)] // an eighth: 23 / 8 rounded up
    [InlineData(3, 3, 3)]
    [InlineData(4, 6, 5)]
    [InlineData(6, 12, 9)]
    [InlineData(10, 23, 17)]
    [InlineData(1000, 23, 17)]
    public void Both_sides_are_at_least_as_long_as_asked_for(int leastSide, int width, int height)
    {
        var image = SourceImage.Open(ImageFixture.PathOf("color_420.jpg")).Decode(leastSide);

        Assert.Equal((width, height), (image.Width, image.Height));
    }

    [Fact]
    public void The_sides_asked_for_are_those_of_the_upright_picture()
    {
        // Stored 23 x 17, upright 17 x 23: a half is 9 x 12.
        var image = SourceImage.Open(ImageFixture.PathOf("orientation_6.jpg"));

        Assert.Equal(9, image.Decode(9, 12).Width);
        Assert.Equal(17, image.Decode(12, 9).Width);
    }

    [Fact]
    public void A_PNG_is_always_decoded_whole() =>
        Assert.Equal(23, SourceImage.Open(ImageFixture.PathOf("rgb.png")).Decode(leastSide: 1).Width);

    [Theory]
    [InlineData("animated.webp", SourceNote.FirstFrame)]
    [InlineData("animated.gif", SourceNote.FirstFrame)]
    [InlineData("palette.gif", null)]
    [InlineData("lossy.webp", null)]
    [InlineData("pages.tif", SourceNote.FirstPage)]
    [InlineData("grey16.png", SourceNote.SixteenBits)]
    [InlineData("grey16.tif", SourceNote.SixteenBits)]
    public void What_is_not_obvious_is_noted(string name, string? note) =>
        Assert.Equal(note, SourceImage.Open(ImageFixture.PathOf(name)).Note);

    [Theory]
    [InlineData("progressive.jpg")]
    [InlineData("lossy.webp")]
    [InlineData("transparent.gif")]
    [InlineData("tiff_lzw.tif")]
    public void An_image_can_be_decoded_from_several_threads(string name)
    {
        var image = SourceImage.Open(ImageFixture.PathOf(name));
        var expected = image.Decode().Pixels;

        Parallel.For(0, 200, _ => Assert.Equal(expected, image.Decode().Pixels));
    }

    [Fact]
    public void Alpha_is_dropped_and_what_lies_under_it_shows()
    {
        var opaque = SourceImage.Open(ImageFixture.PathOf("rgb.png")).Decode();
        var transparent = SourceImage.Open(ImageFixture.PathOf("rgba.png")).Decode();

        Assert.Equal(opaque.Pixels, transparent.Pixels);
    }

    [Fact]
    public void All_libraries_are_on_a_machine_that_was_set_up()
    {
        Assert.True(ImageCodec.Skia.IsFound);
        Assert.True(ImageCodec.Jpeg.IsFound);
        Assert.True(ImageCodec.Png.IsFound);
    }

    [Fact]
    public void A_library_that_is_missing_is_named_with_its_package() =>
        Assert.Equal(
            "JPEG images need libnothing.so.7, which is not on this machine; install it with `apt-get install libnothing7`.",
            Assert.Throws<TResNetException>(new ImageCodec("JPEG", "libnothing.so.7", "libnothing7").Require).Message
        );
}
