using System.Buffers.Binary;
using System.IO.Compression;
using TResNet.Data.Images;

namespace TResNet.Tests.Data.Images;

/// <summary>
/// Every kind of PNG with every chunk that a decoder of browsers heeds. PIL's pixels are the samples themselves: it knows neither gamma nor
/// profiles, drops alpha, takes the upper byte of 16 bits of colour and clips 16 bits of grey.
/// </summary>
public sealed class PngMatrixTests
{
    private const int Width = 21;
    private const int Height = 13;
    private const int Grey = 0;
    private const int Color = 2;
    private const int Indexed = 3;
    private const int GreyAlpha = 4;
    private const int ColorAlpha = 6;

    private static readonly (string Type, byte[] Content)[] Heeded =
    [
        ("gAMA", [0, 1, 0x86, 0xA0]),
        ("cHRM", Convert.FromHexString("00007A26000080840000FA00000080E8000052080001155800003A9800001770")),
        ("sRGB", [0]),
        ("iCCP", [(byte)'x', 0, 0, .. Deflated(new byte[200])]),
        ("cICP", [9, 16, 0, 1]),
    ];

    public static TheoryData<int, int, bool> Kinds
    {
        get
        {
            var kinds = new TheoryData<int, int, bool>();
            foreach (
                var (kind, depths) in new (int, int[])[]
                {
                    (Grey, [1, 2, 4, 8, 16]),
                    (Color, [8, 16]),
                    (Indexed, [1, 2, 4, 8]),
                    (GreyAlpha, [8, 16]),
                    (ColorAlpha, [8, 16]),
                }
            )
            {
                foreach (var depth in depths)
                {
                    kinds.Add(kind, depth, false);
                    kinds.Add(kind, depth, true);
                }
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void No_chunk_but_header_palette_and_pixels_changes_a_pixel(int kind, int depth, bool isInterlaced)
    {
        var random = new Random(100 * kind + depth);
        var samples = new int[Width * Height * Channels(kind)];
        for (var i = 0; i < samples.Length; i++)
        {
            // Both bytes of 16 bits, and grey that PIL does not clip.
            samples[i] = random.Next(1 << (depth == 16 && random.Next(2) == 0 ? 8 : depth));
        }

        var palette = new byte[3 << Math.Min(depth, 8)];
        random.NextBytes(palette);
        var expected = Expected(kind, depth, samples, palette);
        (string, byte[])[] plain = [];
        foreach (var chunks in Heeded.Select(each => new[] { each }).Append(plain).Append([.. Heeded]))
        {
            var file = File(kind, depth, isInterlaced, samples, palette, chunks);
            Assert.Equal(expected, SourceImage.Parse(file, "matrix").Decode().Pixels);
        }
    }

    [Fact]
    public void An_index_outside_of_the_palette_is_a_grey_as_in_PIL()
    {
        var samples = new int[Width * Height];
        samples[5] = 7;
        byte[] palette = [10, 20, 30];

        var pixels = SourceImage.Parse(File(Indexed, 8, false, samples, palette, []), "short").Decode().Pixels;

        Assert.Equal([10, 20, 30, 7, 7, 7], pixels[12..18]);
    }

    [Fact]
    public void The_first_frame_of_an_animation_is_taken()
    {
        var samples = Enumerable.Range(0, Width * Height * 3).Select(i => i % 256).ToArray();
        var file = File(Color, 8, false, samples, [], [("acTL", [0, 0, 0, 2, 0, 0, 0, 0])]);

        var image = SourceImage.Parse(file, "animation");

        Assert.Equal(SourceNote.FirstFrame, image.Note);
        Assert.Equal(samples.Select(sample => (byte)sample), image.Decode().Pixels);
    }

    [Fact]
    public void A_file_without_its_last_chunk_is_whole_as_in_PIL()
    {
        var file = File(Grey, 8, false, new int[Width * Height], [], []);

        Assert.All(
            SourceImage.Parse(file.AsMemory(0, file.Length - 12), "endless").Decode().Pixels,
            pixel => Assert.Equal(0, pixel)
        );
    }

    private static int Channels(int kind) =>
        kind switch
        {
            Color => 3,
            GreyAlpha => 2,
            ColorAlpha => 4,
            _ => 1,
        };

    private static byte[] Expected(int kind, int depth, int[] samples, byte[] palette)
    {
        var (pixels, channels) = (new byte[Width * Height * 3], Channels(kind));
        for (var i = 0; i < pixels.Length; i++)
        {
            var color = kind is Color or ColorAlpha ? i % 3 : 0;
            var sample = samples[i / 3 * channels + color];
            pixels[i] = (byte)(
                kind == Indexed ? palette[3 * sample + i % 3]
                : depth < 16 ? sample * 255 / ((1 << depth) - 1)
                : kind == Grey ? Math.Min(sample, 255)
                : sample >> 8
            );
        }

        return pixels;
    }

    private static byte[] File(
        int kind,
        int depth,
        bool isInterlaced,
        int[] samples,
        byte[] palette,
        (string Type, byte[] Content)[] chunks
    )
    {
        var channels = Channels(kind);
        var rows = new List<byte>();
        // Adam7: the first column and row of each pass, and the distance to the next ones.
        (int X, int Y, int Across, int Down)[] passes = isInterlaced
            ? [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
            : [(0, 0, 1, 1)];
        foreach (var (firstX, firstY, across, down) in passes)
        {
            for (var y = firstY; y < Height; y += down)
            {
                var bits = new List<bool>();
                for (var x = firstX; x < Width; x += across)
                {
                    foreach (var sample in samples.AsSpan((y * Width + x) * channels, channels))
                    {
                        bits.AddRange(Enumerable.Range(1, depth).Select(bit => (sample >> (depth - bit) & 1) != 0));
                    }
                }

                rows.Add(0);
                rows.AddRange(
                    bits.Chunk(8).Select(octet => (byte)octet.Select((set, at) => set ? 128 >> at : 0).Sum())
                );
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), Height);
        (header[8], header[9], header[12]) = ((byte)depth, (byte)kind, (byte)(isInterlaced ? 1 : 0));
        var background =
            kind is Color or ColorAlpha ? new byte[6]
            : kind == Indexed ? [0]
            : new byte[2];
        var significant = Enumerable.Repeat((byte)1, kind == Indexed ? 3 : channels).ToArray();
        return
        [
            0x89,
            .. "PNG\r\n\x1a\n"u8,
            .. PngChunk.Make("IHDR"u8, header),
            .. chunks.SelectMany(chunk =>
                PngChunk.Make(System.Text.Encoding.ASCII.GetBytes(chunk.Type), chunk.Content)
            ),
            .. chunks.Length == 0 ? [] : PngChunk.Make("sBIT"u8, significant),
            .. kind == Indexed ? PngChunk.Make("PLTE"u8, palette) : [],
            .. chunks.Length == 0 ? [] : PngChunk.Make("bKGD"u8, background),
            .. chunks.Length == 0 || kind is GreyAlpha or ColorAlpha
                ? []
                : PngChunk.Make(
                    "tRNS"u8,
                    kind == Color ? new byte[6]
                        : kind == Indexed ? [0]
                        : new byte[2]
                ),
            .. PngChunk.Make("IDAT"u8, Deflated([.. rows])),
            .. PngChunk.Make("IEND"u8, []),
        ];
    }

    private static byte[] Deflated(byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var stream = new ZLibStream(bytes, CompressionLevel.Fastest))
        {
            stream.Write(content);
        }

        return bytes.ToArray();
    }
}
