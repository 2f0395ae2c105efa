namespace TResNet.Files;

/// <summary>Text out of a file, made fit for a sentence: a name there may have megabytes, line feeds or a terminal's control codes.</summary>
internal static class FileText
{
    private const int Longest = 80;

    /// <summary>The text on one line and not too long, in quotation marks.</summary>
    internal static string Quote(string text) => $"'{Shorten(text)}'";

    /// <summary>The text on one line and not too long.</summary>
    internal static string Shorten(string text) =>
        string.Concat(text.Take(Longest).Select(c => char.IsControl(c) ? '?' : c))
        + (text.Length > Longest ? "..." : "");
}
