// What a file is, told by its first bytes: names lie more often than bytes do.

using System.Text;
using System.Text.Unicode;

namespace TResNet.Data.Images;

/// <summary>Recognises files by how they start.</summary>
internal static class FileKind
{
    private const int LookedAt = 256;
    private const int Quoted = 24;

    private static readonly (byte[] Start, int At, string Kind)[] Others =
    [
        ("GIF8"u8.ToArray(), 0, "a GIF image"),
        ("BM"u8.ToArray(), 0, "a BMP image"),
        ("WEBP"u8.ToArray(), 8, "a WebP image"),
        ("II*\0"u8.ToArray(), 0, "a TIFF image"),
        ("MM\0*"u8.ToArray(), 0, "a TIFF image"),
        ("ftypavif"u8.ToArray(), 4, "an AVIF image"),
        ("ftyphei"u8.ToArray(), 4, "a HEIC image"),
        ("ftypmif1"u8.ToArray(), 4, "a HEIC image"),
        ([0xFF, 0x0A], 0, "a JPEG XL image"),
        ([0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' '], 0, "a JPEG XL image"),
        ([0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' '], 0, "a JPEG 2000 image"),
        ("%PDF"u8.ToArray(), 0, "a PDF document"),
        ("PK\x3\x4"u8.ToArray(), 0, "a ZIP archive"),
        ([0x1F, 0x8B], 0, "a gzip archive"),
    ];

    public static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]);

    public static bool IsPng(ReadOnlySpan<byte> file) =>
        file.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    /// <summary>The sentence about a file that is neither JPEG nor PNG.</summary>
    public static TResNetException Refuse(string name, ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty)
        {
            return new TResNetException($"{name} is empty (0 bytes); copy or download it again.");
        }

        foreach (var (start, at, kind) in Others)
        {
            if (file.Length >= at && file[at..].StartsWith(start))
            {
                return new TResNetException(
                    $"{name} is {kind}, but only JPEG and PNG are read; convert it or remove it."
                );
            }
        }

        return new TResNetException(
            Text(file) is { } text
                ? $"{name} is no image but text that starts with \"{text}\"; replace it or remove it."
                : $"{name} is no JPEG or PNG image: it starts with the bytes {Convert.ToHexString(file[..Math.Min(8, file.Length)])}; "
                    + "copy or download it again."
        );
    }

    /// <summary>The first line, where the file starts as text does.</summary>
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
        if (text.Any(c => char.IsControl(c) && c is not ('\n' or '\r' or '\t')))
        {
            return null;
        }

        var line = text.Trim().Split('\n')[0].Trim();
        return line.Length <= Quoted ? line : line[..Quoted] + "...";
    }
}
