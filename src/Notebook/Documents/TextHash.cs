using System.Security.Cryptography;
using System.Text;

namespace Notebook.Documents;

/// <summary>Short names of texts: the first eight digits of SHA-256 over UTF-8, a part of the text at a time.</summary>
internal static class TextHash
{
    private const int Part = 1 << 16;

    /// <summary>The name of a text that begins with <paramref name="prefix"/>.</summary>
    public static string Of(string prefix, ReadOnlySpan<char> text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var encoder = Encoding.UTF8.GetEncoder();
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(Part)];
        Append(prefix, flush: false);
        for (var at = 0; at < text.Length; at += Part)
        {
            Append(text[at..Math.Min(text.Length, at + Part)], flush: false);
        }

        Append(default, flush: true);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..8];

        void Append(ReadOnlySpan<char> part, bool flush) =>
            hash.AppendData(bytes, 0, encoder.GetBytes(part, bytes, flush));
    }
}
