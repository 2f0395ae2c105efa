// Lists come from spreadsheets of every age: UTF-8 with and without a mark, UTF-16, and Latin-1 where it is nothing else.

using System.Text;
using System.Text.Unicode;
using TResNet.Files;

namespace TResNet.Data.Sources;

/// <summary>Reads text files, whatever their encoding.</summary>
internal static class TextFile
{
    private const int LookedAt = 4096;

    /// <summary>The text of a file, without its byte order mark.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What was expected there: <c>a CSV file</c>.</param>
    /// <exception cref="TResNetException">The file cannot be read.</exception>
    public static string Read(string path, string what)
    {
        try
        {
            // Whoever asks says of an empty list what it lacks; a pipe and a device are as empty, but for what a shell gives of what a command prints.
            if (
                File.Exists(path)
                && !RegularFile.HasBytes(path)
                && !path.StartsWith("/dev/fd/", StringComparison.Ordinal)
                && path != "/dev/stdin"
            )
            {
                return "";
            }

            return Decode(File.ReadAllBytes(path));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TResNetException(
                $"{path} does not exist, but {what} was expected there; check the name.",
                missing
            );
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or IOException)
        {
            throw ReadFailure.Of(path, unreadable);
        }
    }

    /// <summary>The text that bytes are.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
        {
            return Encoding.UTF8.GetString(bytes[Encoding.UTF8.Preamble.Length..]);
        }

        if (bytes.StartsWith(Encoding.Unicode.Preamble) || IsUtf16(bytes, zeroAt: 1))
        {
            return Encoding.Unicode.GetString(bytes).TrimStart('\uFEFF');
        }

        return bytes.StartsWith(Encoding.BigEndianUnicode.Preamble) || IsUtf16(bytes, zeroAt: 0)
                ? Encoding.BigEndianUnicode.GetString(bytes).TrimStart('\uFEFF')
            : Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes)
            : Encoding.Latin1.GetString(bytes);
    }

    // Paths are mostly ASCII, of which every second byte is then zero; no other text has zeros.
    private static bool IsUtf16(ReadOnlySpan<byte> bytes, int zeroAt)
    {
        var start = bytes[..Math.Min(LookedAt, bytes.Length)];
        var zeros = 0;
        for (var at = zeroAt; at < start.Length; at += 2)
        {
            zeros += start[at] == 0 ? 1 : 0;
        }

        return start.Length >= 4 && zeros > start.Length / 4;
    }
}
