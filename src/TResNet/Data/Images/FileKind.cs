// What a file is, told by its first bytes: names lie more often than bytes do.

using System.Text;
using System.Text.Unicode;

namespace TResNet.Data.Images;

/// <summary>Recognises files by how they start.</summary>
internal static class FileKind
{
    private const int LookedAt = 256;
    private const int Quoted = 24;
    private const string Convert = "convert it to JPEG or PNG, or remove it";
    private const string Unpack = "unpack it";
    private const string TakeFrames = "take its frames as JPEG or PNG files, or remove it";

    private static readonly (byte[] Start, int At, string Kind, string Advice)[] Others =
    [
        ("ftypavif"u8.ToArray(), 4, "an AVIF image", Convert),
        ("ftypavis"u8.ToArray(), 4, "an AVIF image", Convert),
        ("ftyphe"u8.ToArray(), 4, "a HEIC image", Convert),
        ("ftypmif1"u8.ToArray(), 4, "a HEIC image", Convert),
        ("ftypmsf1"u8.ToArray(), 4, "a HEIC image", Convert),
        ("ftypcrx"u8.ToArray(), 4, "a camera's raw image (CR3)", Convert),
        ("ftyp"u8.ToArray(), 4, "a video", TakeFrames),
        ([0x1A, 0x45, 0xDF, 0xA3], 0, "a video", TakeFrames),
        ("AVI "u8.ToArray(), 8, "a video", TakeFrames),
        ([0xFF, 0x0A], 0, "a JPEG XL image", Convert),
        ([0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' '], 0, "a JPEG XL image", Convert),
        ([0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' '], 0, "a JPEG 2000 image", Convert),
        ([0xFF, 0x4F, 0xFF, 0x51], 0, "a JPEG 2000 image", Convert),
        ("FUJIFILMCCD-RAW"u8.ToArray(), 0, "a camera's raw image (RAF)", Convert),
        ("IIRO"u8.ToArray(), 0, "a camera's raw image (ORF)", Convert),
        ("IIRS"u8.ToArray(), 0, "a camera's raw image (ORF)", Convert),
        ("IIU\0"u8.ToArray(), 0, "a camera's raw image (RW2)", Convert),
        ("8BPS"u8.ToArray(), 0, "a Photoshop document", Convert),
        ("gimp xcf"u8.ToArray(), 0, "a GIMP document", Convert),
        ("qoif"u8.ToArray(), 0, "a QOI image", Convert),
        ("DDS "u8.ToArray(), 0, "a DDS texture", Convert),
        ([0x76, 0x2F, 0x31, 0x01], 0, "an OpenEXR image", Convert),
        ("#?RADIANCE"u8.ToArray(), 0, "a Radiance HDR image", Convert),
        ([0, 0, 1, 0], 0, "a Windows icon", Convert),
        ("DICM"u8.ToArray(), 128, "a DICOM image", Convert),
        ([0x93, (byte)'N', (byte)'U', (byte)'M'], 0, "a NumPy array", Convert),
        ("%PDF"u8.ToArray(), 0, "a PDF document", Convert),
        ("%!PS"u8.ToArray(), 0, "a PostScript document", Convert),
        ("<svg"u8.ToArray(), 0, "an SVG drawing", Convert),
        ("version https://git-lfs"u8.ToArray(), 0, "a pointer of Git LFS", "get the file itself with `git lfs pull`"),
        ("PK\x3\x4"u8.ToArray(), 0, "a ZIP archive", Unpack),
        ([0x1F, 0x8B], 0, "a gzip archive", Unpack),
        ([(byte)'7', (byte)'z', 0xBC, 0xAF], 0, "a 7z archive", Unpack),
        ("Rar!"u8.ToArray(), 0, "a RAR archive", Unpack),
        ("ustar"u8.ToArray(), 257, "a tar archive", Unpack),
        ([0x89, (byte)'H', (byte)'D', (byte)'F'], 0, "an HDF5 file", Convert),
    ];

    public static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    public static bool IsPng(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    public static bool IsWebP(ReadOnlySpan<byte> file) =>
        file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("WEBP"u8);

    public static bool IsGif(ReadOnlySpan<byte> file) => file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8);

    // Two letters are little: the length of the header behind them has to be one that there is.
    public static bool IsBmp(ReadOnlySpan<byte> file) =>
        file.Length >= 18 && file.StartsWith("BM"u8) && file[14] is >= 12 and <= 124 && file[15..18] is [0, 0, 0];

    // Canon's CR2 is a TIFF file with a mark of its own, of which the first picture is a thumbnail.
    public static bool IsTiff(ReadOnlySpan<byte> file) =>
        (
            file.StartsWith("II*\0"u8)
            || file.StartsWith("MM\0*"u8)
            || file.StartsWith("II+\0"u8)
            || file.StartsWith("MM\0+"u8)
        ) && !(file.Length >= 10 && file[8..].StartsWith("CR"u8));

    public static bool IsPortableAnyMap(ReadOnlySpan<byte> file) =>
        file.Length > 2
        && file[0] == 'P'
        && file[1] is >= (byte)'1' and <= (byte)'6'
        && char.IsWhiteSpace((char)file[2]);

    /// <summary>The sentence about a file that is of no format which is read.</summary>
    public static TResNetException Refuse(string name, ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
        {
            return new TResNetException($"{name} is empty (0 bytes); copy or download it again.");
        }

        if (file.StartsWith("II*\0"u8))
        {
            return Other(name, "a camera's raw image (CR2)", Convert);
        }

        foreach (var (start, at, kind, advice) in Others)
        {
            if (file.Length >= at && file[at..].StartsWith(start))
            {
                return Other(name, kind, advice);
            }
        }

        if (Text(file) is not { } text)
        {
            return new TResNetException(
                $"{name} is no image of a format that is read ({Formats}): it starts with the bytes "
                    + $"{System.Convert.ToHexString(file[..Math.Min(8, file.Length)])}; copy or download it again."
            );
        }

        return text.Contains("<svg", StringComparison.Ordinal)
            ? Other(name, "an SVG drawing", Convert)
            : new TResNetException(
                $"{name} is no image but text that starts with \"{Line(text)}\"; replace it or remove it."
            );
    }

    /// <summary>The formats that are read, for sentences and help.</summary>
    public const string Formats = "JPEG, PNG, WebP, GIF, BMP, TIFF and PNM";

    private static TResNetException Other(string name, string kind, string advice) =>
        new($"{name} is {kind}, but only {Formats} are read; {advice}.");

    /// <summary>The beginning of the file, where it is text.</summary>
    private static string? Text(ReadOnlySpan<byte> file)
    {
        var start = file[..Math.Min(LookedAt, file.Length)];
        while (start.Length > 0 && file.Length > LookedAt && (start[^1] & 0x80) != 0)
        {
            start = start[..^1]; // a character may be cut in two
        }

        if (start.IsEmpty || !Utf8.IsValid(start))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(start);
        return text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')) ? null : text;
    }

    private static string Line(string text)
    {
        var line = text.Trim().Split('\n')[0].Trim();
        return line.Length <= Quoted ? line : line[..Quoted] + "...";
    }
}
