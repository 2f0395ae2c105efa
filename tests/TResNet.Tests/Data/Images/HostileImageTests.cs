using System.Buffers.Binary;
using System.IO.Compression;
using TResNet.Data.Images;

namespace TResNet.Tests.Data.Images;

/// <summary>Files that are empty, cut, mislabelled, or promise what they do not hold: one sentence each.</summary>
public sealed class HostileImageTests : IDisposable
{
    private const string Convert = "convert it to JPEG or PNG, or remove it";

    private readonly string folder = Directory.CreateTempSubdirectory("images").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_zero_byte_file_gives_one_sentence() =>
        Assert.Equal("photo.jpg is empty (0 bytes); copy or download it again.", Refused([]));

    [Fact]
    public void A_text_file_named_jpg_is_named_as_text() =>
        Assert.Equal(
            "photo.jpg is no image but text that starts with \"404 Not Found\"; replace it or remove it.",
            Refused("404 Not Found\nThe file is gone.\n"u8)
        );

    [Fact]
    public void Long_text_is_quoted_by_its_beginning() =>
        Assert.Equal(
            "photo.jpg is no image but text that starts with \"<!DOCTYPE html><html lan...\"; replace it or remove it.",
            Refused("<!DOCTYPE html><html lang=\"de\"><title>Nicht da: äöü</title>"u8)
        );

    [Theory]
    [InlineData("0000001C6674797061766966", "an AVIF image", Convert)]
    [InlineData("000000186674797068656963", "a HEIC image", Convert)]
    [InlineData("FF0A0000", "a JPEG XL image", Convert)]
    [InlineData("0000000C6A5020200D0A870A", "a JPEG 2000 image", Convert)]
    [InlineData("49492A00100000004352", "a camera's raw image (CR2)", Convert)]
    [InlineData("00000020667479706D703432", "a video", "take its frames as JPEG or PNG files, or remove it")]
    [InlineData("38425053", "a Photoshop document", Convert)]
    [InlineData("504B030414000000", "a ZIP archive", "unpack it")]
    [InlineData("1F8B0800", "a gzip archive", "unpack it")]
    public void Another_format_is_named(string start, string kind, string advice) =>
        Assert.Equal(
            $"photo.jpg is {kind}, but only JPEG, PNG, WebP, GIF, BMP, TIFF and PNM are read; {advice}.",
            Refused(System.Convert.FromHexString(start))
        );

    [Fact]
    public void A_drawing_is_named() =>
        Assert.StartsWith(
            "photo.jpg is an SVG drawing, but",
            Refused("<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>"u8)
        );

    [Theory]
    [InlineData("lossy.webp", "WebP")]
    [InlineData("palette.gif", "GIF")]
    [InlineData("rgb.bmp", "BMP")]
    [InlineData("tiff_lzw.tif", "TIFF")]
    [InlineData("grey.pgm", "PNM")]
    public void A_file_that_is_cut_short_gives_one_sentence(string name, string format)
    {
        var whole = ImageFixture.Bytes(name);

        Assert.Matches(
            $"^photo.jpg is a damaged {format} image \\(.+\\); copy or download it again\\.$",
            Refused(whole.AsSpan(0, whole.Length / 2))
        );
    }

    [Fact]
    public void Anything_else_is_named_by_the_bytes_it_starts_with() =>
        Assert.Equal(
            "photo.jpg is no image of a format that is read (JPEG, PNG, WebP, GIF, BMP, TIFF and PNM): it starts with the bytes "
                + "0001020304050607; copy or download it again.",
            Refused([0, 1, 2, 3, 4, 5, 6, 7, 8])
        );

    [Fact]
    public void A_PNG_named_jpg_is_read_as_what_it_is()
    {
        var path = Path.Combine(folder, "photo.jpg");
        File.Copy(ImageFixture.PathOf("rgb.png"), path);

        Assert.Equal(ImageFixture.Reference("rgb.png").Pixels, SourceImage.Open(path).Decode().Pixels);
    }

    [Fact]
    public void A_missing_file_gives_one_sentence() =>
        Assert.Equal(
            "/nowhere/photo.jpg does not exist; check the name.",
            Assert.Throws<TResNetException>(() => SourceImage.Open("/nowhere/photo.jpg")).Message
        );

    [Fact]
    public void A_path_that_can_be_none_gives_one_sentence() =>
        Assert.Contains(
            "cannot be read (Null character in path",
            Assert.Throws<TResNetException>(() => SourceImage.Open("a\0b.jpg")).Message
        );

    [Fact]
    public void A_folder_in_place_of_a_file_gives_one_sentence() =>
        Assert.Matches(
            $"^{folder} cannot be read \\(.*\\); check the disk and its permissions\\.$",
            Assert.Throws<TResNetException>(() => SourceImage.Open(folder)).Message
        );

    [Fact]
    public void An_error_behind_a_warning_is_an_error()
    {
        // A marker in the middle of the pixels: the warning is that they end too soon, the error that nobody knows it.
        var file = ImageFixture.Bytes("grey_2x2.jpg");
        file.AsSpan(file.Length - 200, 3).Fill(0xFF);
        file[^197] = 0x37;

        Assert.Equal(
            "photo.jpg is a damaged JPEG image (Unsupported marker type 0x37); copy or download it again.",
            Assert.Throws<TResNetException>(() => SourceImage.Parse(file, "photo.jpg").Decode()).Message
        );
    }

    [Theory]
    [InlineData("color_420.jpg")]
    [InlineData("color_444.jpg")]
    [InlineData("grey.jpg")]
    [InlineData("cmyk.jpg")]
    [InlineData("rgb.png")]
    [InlineData("interlaced.png")]
    [InlineData("rgb16.png")]
    public void A_file_cut_off_anywhere_gives_one_sentence(string name)
    {
        var whole = ImageFixture.Bytes(name);

        // A JPEG that lacks the end marker's last byte has lost nothing of the picture, nor has a PNG without its last checksum.
        for (var length = 0; length < whole.Length - 12; length++)
        {
            Assert.Matches("; copy or download it again\\.$|text that starts", Refused(whole.AsSpan(0, length)));
        }
    }

    [Fact]
    public void What_is_wrong_with_a_damaged_file_is_said_in_the_librarys_words()
    {
        var jpeg = ImageFixture.Bytes("color_420.jpg");
        Assert.Equal(
            "photo.jpg is a damaged JPEG image (Premature end of JPEG file); copy or download it again.",
            Refused(jpeg.AsSpan(0, jpeg.Length - 40))
        );
        var png = ImageFixture.Bytes("rgb.png");
        png[120] ^= 1;
        Assert.Equal("photo.jpg is a damaged PNG image (IDAT: CRC error); copy or download it again.", Refused(png));
    }

    [Fact]
    public void Stray_bytes_between_the_segments_of_a_JPEG_do_no_harm()
    {
        var jpeg = ImageFixture.Bytes("color_444.jpg");
        byte[] strewn = [.. jpeg[..^2], 0, 1, 2, 3, .. jpeg[^2..]];

        Assert.Equal(
            ImageFixture.Reference("color_444.jpg").Pixels,
            SourceImage.Parse(strewn, "photo.jpg").Decode().Pixels
        );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)] // no transform that there is
    public void A_transform_that_Adobe_does_not_know_is_taken_for_the_usual_one(byte transform)
    {
        var jpeg = ImageFixture.Bytes("color_444.jpg");
        byte[] adobe = [0xFF, 0xEE, 0, 14, .. "Adobe"u8, 0, 100, 0, 0, 0, 0, transform];
        // In the place of JFIF's segment.
        byte[] file = [.. jpeg[..2], .. adobe, .. jpeg[(4 + (jpeg[4] << 8 | jpeg[5]))..]];

        Assert.Equal(
            ImageFixture.Reference("color_444.jpg").Pixels,
            SourceImage.Parse(file, "photo.jpg").Decode().Pixels
        );
    }

    [Theory]
    [InlineData("color_420.jpg")]
    [InlineData("rgb.png")]
    public void More_pixels_than_allowed_are_refused_before_they_cost_anything(string name)
    {
        var limits = new ImageLimits { MaxPixels = 23 * 17 - 1 };
        Assert.Equal(
            "photo.jpg announces 23 x 17 = 391 pixels, but at most 390 are read; make the image smaller or raise ImageLimits.MaxPixels.",
            Refused(ImageFixture.Bytes(name), limits)
        );
        Assert.NotNull(SourceImage.Parse(ImageFixture.Bytes(name), name, limits with { MaxPixels = 391 }).Decode());
    }

    [Fact]
    public void A_JPEG_whose_header_lies_costs_no_memory()
    {
        var jpeg = ImageFixture.Bytes("color_420.jpg");
        Announce(jpeg, 65500, 65500);
        Assert.Contains(
            "announces 65,500 x 65,500 = 4,290,250,000 pixels, but at most 178,956,970 are read",
            Cheap(jpeg)
        );

        Announce(jpeg, 13000, 13000);
        Assert.Contains("announces 13,000 x 13,000 pixels, but a file of its length cannot hold them", Cheap(jpeg));
    }

    [Fact]
    public void A_PNG_whose_header_lies_costs_no_memory()
    {
        Assert.Contains("2,147,483,647 x 2,147,483,647", Cheap(Png(int.MaxValue, int.MaxValue)));
        Assert.Contains("announces -1 x 5 pixels, which is no image", Cheap(Png(-1, 5)));
        Assert.Contains("announces 0 x 5 pixels, which is no image", Cheap(Png(0, 5)));
        Assert.Contains(
            "announces 13,000 x 13,000 pixels, but a file of its length cannot hold them",
            Cheap(Png(13000, 13000))
        );
    }

    [Fact]
    public void The_largest_picture_that_a_small_file_can_hold_is_read()
    {
        // 8,000 x 8,000 black pixels of one bit compress as far as DEFLATE goes.
        var image = SourceImage.Parse(Png(8000, 8000, honest: true), "black.png").Decode();

        Assert.Equal((8000, 8000), (image.Width, image.Height));
        Assert.False(image.Pixels.AsSpan().ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void A_file_longer_than_allowed_is_not_read()
    {
        var path = ImageFixture.PathOf("rgb.png");
        Assert.Equal(
            $"{path} has {new FileInfo(path).Length:N0} bytes, but at most 100 are read; make the image smaller or raise ImageLimits.MaxFileBytes.",
            Assert
                .Throws<TResNetException>(() => SourceImage.Open(path, new ImageLimits { MaxFileBytes = 100 }))
                .Message
        );
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500_000_001)]
    public void Limits_out_of_range_give_one_sentence(int pixels) =>
        Assert.Equal(
            $"MaxPixels is {pixels:N0}, but it has to be from 1 to 500,000,000; choose another.",
            Assert.Throws<TResNetException>(() => new ImageLimits { MaxPixels = pixels }).Message
        );

    /// <summary>Overwrites the sides in the frame header (T.81, B.2.2).</summary>
    private static void Announce(byte[] jpeg, ushort width, ushort height)
    {
        var frame = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 5), height);
        BinaryPrimitives.WriteUInt16BigEndian(jpeg.AsSpan(frame + 7), width);
    }

    /// <summary>A black-and-white PNG: honest, or with a header and next to nothing behind it.</summary>
    private static byte[] Png(int width, int height, bool honest = false)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.SmallestSize))
        {
            zip.Write(new byte[honest ? height * (1 + (width + 7) / 8) : 1]);
        }

        byte[] header = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        return
        [
            0x89,
            .. "PNG\r\n\u001A\n"u8,
            .. PngChunk.Make("IHDR"u8, header),
            .. PngChunk.Make("IDAT"u8, packed.ToArray()),
            .. PngChunk.Make("IEND"u8, []),
        ];
    }

    private static string Cheap(byte[] file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sentence = Refused(file);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
        return sentence;
    }

    private static string Refused(ReadOnlySpan<byte> file, ImageLimits? limits = null)
    {
        var bytes = file.ToArray();
        return Assert
            .Throws<TResNetException>(() =>
                SourceImage.Parse(bytes, "photo.jpg", limits ?? ImageLimits.Default).Decode()
            )
            .Message;
    }
}
