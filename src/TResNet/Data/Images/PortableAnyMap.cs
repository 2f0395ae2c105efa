// PBM, PGM and PPM (netpbm, "pnm(5)"), plain and raw: traffic signs and faces are handed on like this.

namespace TResNet.Data.Images;

/// <summary>A PNM file.</summary>
internal sealed class PortableAnyMap : SourceImage
{
    private const string Format = "PNM";
    private const int MostBytesOfANumber = 9;

    private readonly ReadOnlyMemory<byte> file;
    private readonly int kind;
    private readonly int largest;
    private readonly int pixelsAt;

    private PortableAnyMap(ReadOnlyMemory<byte> file, string name, int width, int height, int largest, int pixelsAt)
        : base(name, width, height, orientation: 1)
    {
        (this.file, this.largest, this.pixelsAt) = (file, largest, pixelsAt);
        kind = file.Span[1] - '0';
    }

    private bool IsPlain => kind <= 3;

    private bool IsBits => kind is 1 or 4;

    private int Colors => kind is 3 or 6 ? RgbImage.Channels : 1;

    /// <summary>Reads the header.</summary>
    public static PortableAnyMap Read(ReadOnlyMemory<byte> file, string name, ImageLimits limits)
    {
        var at = 2;
        var (width, height) = (Number(file.Span, ref at), Number(file.Span, ref at));
        var isBits = file.Span[1] is (byte)'1' or (byte)'4';
        var largest = isBits ? 1 : Number(file.Span, ref at);
        if (width < 1 || height < 1 || largest is < 1 or > 65535)
        {
            throw Damaged(name, Format, "its header makes no sense");
        }

        // A bit is the least that a pixel takes.
        limits.Require(name, width, height, 8L * file.Length);
        return new PortableAnyMap(file, name, width, height, largest, at + 1);
    }

    private protected override DecodedPart DecodeInto(
        Func<int, int, RgbImage> make,
        int leastWidth,
        int leastHeight,
        PixelArea wanted
    )
    {
        var file = this.file.Span;
        var (image, at) = (make(Width, Height), pixelsAt);
        for (var y = 0; y < Height; y++)
        {
            var row = image.Row(y);
            for (var x = 0; x < Width; x++)
            {
                var pixel = row.Slice(x * RgbImage.Channels, RgbImage.Channels);
                for (var color = 0; color < Colors; color++)
                {
                    pixel[color] = Sample(file, ref at, x);
                }

                if (Colors == 1)
                {
                    pixel.Fill(pixel[0]);
                }
            }

            at += kind == 4 ? (Width + 7) / 8 : 0;
        }

        return DecodedPart.Of(image);
    }

    private byte Sample(ReadOnlySpan<byte> file, ref int at, int x)
    {
        int value;
        if (kind == 4)
        {
            return Byte(file, at + x / 8) >> (7 - x % 8) is var bits && (bits & 1) != 0 ? (byte)0 : byte.MaxValue;
        }

        if (kind == 1)
        {
            // Plain bits need no space between them.
            SkipSpace(file, ref at);
            value = Byte(file, at++) - '0';
        }
        else if (IsPlain)
        {
            value = Number(file, ref at);
        }
        else
        {
            value = largest < 256 ? Byte(file, at) : Byte(file, at) << 8 | Byte(file, at + 1);
            at += largest < 256 ? 1 : 2;
        }

        return value < 0 || value > largest
                ? throw Damaged(Name, Format, $"it has a value {value} above its largest, {largest}")
            : IsBits ? (byte)(255 * (1 - value))
            : largest == 255 ? (byte)value
            : largest > 255 && Colors == 1 ? (byte)Math.Min(255, Math.Round(value * 65535.0 / largest))
            : (byte)Math.Round(value * 255.0 / largest, MidpointRounding.ToEven);
    }

    private byte Byte(ReadOnlySpan<byte> file, int at) =>
        at < file.Length ? file[at] : throw Damaged(Name, Format, "it ends too soon");

    private static void SkipSpace(ReadOnlySpan<byte> file, ref int at)
    {
        while (at < file.Length && (char.IsWhiteSpace((char)file[at]) || file[at] == '#'))
        {
            if (file[at] == '#')
            {
                while (at < file.Length && file[at] != '\n')
                {
                    at++;
                }
            }
            else
            {
                at++;
            }
        }
    }

    /// <summary>The next number; -1 where there is none.</summary>
    private static int Number(ReadOnlySpan<byte> file, ref int at)
    {
        SkipSpace(file, ref at);
        var (from, value) = (at, 0);
        while (at < file.Length && char.IsAsciiDigit((char)file[at]) && at - from < MostBytesOfANumber)
        {
            value = 10 * value + (file[at++] - '0');
        }

        return at > from ? value : -1;
    }
}
