using BitMiracle.LibTiff.Classic;

namespace TResNet.Data.Images;

/// <summary>How the first page of a TIFF file is stored.</summary>
internal sealed record TiffLayout
{
    // Colours, alpha and a few more; a satellite's picture has dozens.
    private const int MostSamples = 6;
    private const TiffTag DngVersion = (TiffTag)50706;
    private const TiffTag SubFiles = TiffTag.SUBIFD;

    public required int Width { get; init; }

    public required int Height { get; init; }

    /// <summary>Bits of a sample.</summary>
    public required int Bits { get; init; }

    /// <summary>Samples of a pixel, alpha and others included.</summary>
    public required int Samples { get; init; }

    /// <summary>Samples that are colours.</summary>
    public int Colors =>
        Photometric switch
        {
            Photometric.RGB or Photometric.YCBCR => 3,
            Photometric.SEPARATED => 4,
            _ => 1,
        };

    public required Photometric Photometric { get; init; }

    public required SampleFormat Format { get; init; }

    public required bool IsPlanar { get; init; }

    public required bool IsTiled { get; init; }

    /// <summary>Whether the sample behind the colours is an alpha that they were multiplied by.</summary>
    public required bool IsPremultiplied { get; init; }

    /// <summary>EXIF's number, 1 to 8: TIFF's own.</summary>
    public required int Orientation { get; init; }

    public required bool HasMorePages { get; init; }

    /// <summary>Red, green and blue of each index, 0 to 65535; null without a palette.</summary>
    public ushort[][]? Palette { get; init; }

    /// <summary>Whether colours have less resolution than brightness and the library puts them together.</summary>
    public required bool IsSubsampled { get; init; }

    /// <summary>Reads the tags.</summary>
    /// <exception cref="TResNetException">The file is of a kind that is not read.</exception>
    public static TiffLayout Read(Tiff tiff, string name)
    {
        var photometric = (Photometric)Number(tiff, TiffTag.PHOTOMETRIC, (int)Photometric.MINISBLACK);
        var compression = (Compression)Number(tiff, TiffTag.COMPRESSION, (int)Compression.NONE);
        if (tiff.GetField(DngVersion) is not null || (int)photometric is 32803 or 34892)
        {
            throw Unread(name, "a camera's raw image (DNG, NEF or ARW)");
        }

        if (Number(tiff, TiffTag.SUBFILETYPE, 0) == 1 && tiff.GetField(SubFiles) is not null)
        {
            throw Unread(name, "a camera's raw image (NEF or ARW)");
        }

        if (photometric == Photometric.YCBCR && compression == Compression.JPEG)
        {
            tiff.SetField(TiffTag.JPEGCOLORMODE, JpegColorMode.RGB);
        }

        var layout = new TiffLayout
        {
            Width = Number(tiff, TiffTag.IMAGEWIDTH, 0),
            Height = Number(tiff, TiffTag.IMAGELENGTH, 0),
            Bits = Number(tiff, TiffTag.BITSPERSAMPLE, 1),
            Samples = Number(tiff, TiffTag.SAMPLESPERPIXEL, 1),
            Photometric = photometric,
            Format = (SampleFormat)Number(tiff, TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT),
            IsPlanar = (PlanarConfig)Number(tiff, TiffTag.PLANARCONFIG, 1) == PlanarConfig.SEPARATE,
            IsTiled = tiff.IsTiled(),
            IsPremultiplied =
                tiff.GetField(TiffTag.EXTRASAMPLES) is [_, var extra] && FirstIs(extra, ExtraSample.ASSOCALPHA),
            Orientation = Number(tiff, TiffTag.ORIENTATION, 1) is >= 1 and <= 8 and var orientation ? orientation : 1,
            HasMorePages = tiff.NumberOfDirectories() > 1,
            IsSubsampled = photometric == Photometric.YCBCR && compression != Compression.JPEG,
            Palette =
                photometric == Photometric.PALETTE && tiff.GetField(TiffTag.COLORMAP) is [var red, var green, var blue]
                    ? [red.ToUShortArray(), green.ToUShortArray(), blue.ToUShortArray()]
                    : null,
        };
        layout.Require(name, compression);
        return layout;
    }

    /// <summary>Refuses what a file of its length cannot hold.</summary>
    public void RequireBelievable(Tiff tiff, string name, long fileBytes, ImageLimits limits)
    {
        var most = limits.MaxPixels * (long)MostSamples * 4;
        var counts = tiff.GetField(IsTiled ? TiffTag.TILEBYTECOUNTS : TiffTag.STRIPBYTECOUNTS);
        var stored = counts?[0].Value switch
        {
            long[] longs => longs.Max(),
            ulong[] longs => longs.Max(each => (double)each),
            int[] numbers => numbers.Max(),
            uint[] numbers => numbers.Max(),
            _ => 0,
        };
        var part = IsTiled ? tiff.TileSize() : tiff.ScanlineSize();
        if (stored > fileBytes || part < 1 || part > most)
        {
            throw SourceImage.Damaged(name, "TIFF", "it announces more than the file can hold");
        }
    }

    private void Require(string name, Compression compression)
    {
        if (!Codecs.Contains(compression))
        {
            throw Unread(name, $"a TIFF image with the compression {compression}");
        }

        if (Samples > MostSamples || Samples < Colors)
        {
            throw Unread(name, $"a TIFF image of {Samples} channels");
        }

        var isKnown = Photometric switch
        {
            Photometric.MINISWHITE or Photometric.MINISBLACK => Bits is 1 or 2 or 4 or 8 or 16 or 32
                && (Bits >= 8 || Samples == 1),
            Photometric.RGB => Bits is 8 or 16,
            Photometric.PALETTE => Bits is 1 or 2 or 4 or 8 && Palette is not null && (Bits == 8 || Samples == 1),
            Photometric.SEPARATED or Photometric.YCBCR => Bits == 8,
            _ => false,
        };
        if (!isKnown)
        {
            throw Unread(name, $"a TIFF image of {Photometric} with {Bits} bits a sample");
        }
    }

    private static readonly HashSet<Compression> Codecs =
    [
        Compression.NONE,
        Compression.CCITTRLE,
        Compression.CCITTFAX3,
        Compression.CCITTFAX4,
        Compression.LZW,
        Compression.OJPEG,
        Compression.JPEG,
        Compression.ADOBE_DEFLATE,
        Compression.DEFLATE,
        Compression.PACKBITS,
    ];

    private static TResNetException Unread(string name, string kind) =>
        new($"{name} is {kind}, which is not read; convert it to JPEG or PNG, or remove it.");

    private static int Number(Tiff tiff, TiffTag tag, int otherwise) =>
        tiff.GetField(tag) is [var value, ..] ? value.ToInt() : otherwise;

    private static bool FirstIs(FieldValue extra, ExtraSample kind) =>
        extra.Value switch
        {
            ExtraSample[] { Length: > 0 } kinds => kinds[0] == kind,
            short[] { Length: > 0 } numbers => numbers[0] == (short)kind,
            byte[] { Length: > 1 } bytes => BitConverter.ToInt16(bytes) == (short)kind,
            _ => false,
        };
}
