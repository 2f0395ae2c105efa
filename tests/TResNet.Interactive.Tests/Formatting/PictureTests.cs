using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Tests;
using TorchSharp;
using TResNet.Interactive.Tables;
using static TorchSharp.torch;

namespace TResNet.Interactive.Tests.Formatting;

public sealed class PictureTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_png_holds_the_pixels_that_went_in(int channels)
    {
        var pixels = Enumerable.Range(0, 5 * 4 * channels).Select(i => (byte)(i * 37)).ToArray();
        var png = PngEncoder.Encode(pixels, width: 5, height: 4, channels);

        Assert.Equal("\u0089PNG\r\n\u001a\n", Encoding.Latin1.GetString(png, 0, 8));
        Assert.Equal(
            (5, 4),
            (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)))
        );
        Assert.Equal(pixels, Decode(png, 5 * channels));
    }

    [Fact]
    public void A_png_ends_with_the_published_checksum_of_IEND() =>
        Assert.Equal([0xAE, 0x42, 0x60, 0x82], PngEncoder.Encode([0], 1, 1, 1)[^4..]);

    [Fact]
    public void Images_are_shown_with_their_captions()
    {
        using var images = linspace(-0.5, 1.5, 2 * 3 * 4 * 4, ScalarType.Float32).reshape(2, 3, 4, 4);
        var grid = Show.Images(images, ["Sneaker 95 %\nis Sandal", "<Bag>"]);

        Assert.Equal("2 images, 4 x 4, RGB: Sneaker 95 %, is Sandal; <Bag>", grid.ToString());
        Assert.Contains("&lt;Bag&gt;", grid.ToHtml());
        var red = Decode(grid.Png[0], 12);
        Assert.Equal((0, true), (red[0], red.Max() < 128));
        Assert.Equal(255, Decode(grid.Png[1], 12).Max());
    }

    [Theory]
    [InlineData(8, 6)]
    [InlineData(224, 2)]
    [InlineData(900, 1)]
    public void Where_the_style_is_dropped_a_row_has_the_images_that_a_page_has_room_for(int side, int inARow)
    {
        using var images = zeros(7, 1, side, side);
        var rows = Show.Images(images).ToHtml().Split("<tr>")[1..];

        Assert.Equal(inARow, rows[0].Split("<img ").Length - 1);
        Assert.Equal(7, rows.Sum(row => row.Split("<img ").Length - 1));
    }

    [Fact]
    public void Images_of_another_shape_are_refused()
    {
        using var flat = zeros(3, 28, 28);
        Assert.Contains("[3, 28, 28]", Assert.Throws<TResNetException>(() => Show.Images(flat)).Message);
        using var two = zeros(2, 1, 8, 8);
        Assert.Contains(
            "1 labels for 2 images",
            Assert.Throws<TResNetException>(() => Show.Images(two, ["one"])).Message
        );
    }

    [Fact]
    public void A_tensor_is_shown_in_few_words()
    {
        using var scope = NewDisposeScope();
        Tensor[] tensors =
        [
            arange(6, ScalarType.Float32).reshape(2, 3) / 4f,
            arange(2 * 3 * 20 * 30, ScalarType.Int64).reshape(2, 3, 20, 30),
            tensor(3.5f),
            tensor(new[] { true, false }),
            zeros(0, 4),
            tensor(new[] { 1e-9, 2e7 }),
        ];

        Snapshot.Match(string.Join("\n\n", tensors.Select(TensorView.ToText)));
    }

    [Fact]
    public void A_disposed_tensor_is_shown_as_such()
    {
        var gone = zeros(2);
        gone.Dispose();

        Assert.Equal("a disposed tensor", TensorView.ToText(gone));
        Assert.Contains("disposed", TensorView.ToHtml(gone));
    }

    private static byte[] Decode(byte[] png, int rowBytes)
    {
        using var data = new MemoryStream();
        for (var at = 8; at < png.Length; )
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            if (Encoding.ASCII.GetString(png, at + 4, 4) == "IDAT")
            {
                data.Write(png, at + 8, length);
            }

            at += length + 12;
        }

        data.Position = 0;
        using var rows = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionMode.Decompress))
        {
            zlib.CopyTo(rows);
        }

        return [.. rows.ToArray().Chunk(rowBytes + 1).SelectMany(row => row[1..])];
    }
}
