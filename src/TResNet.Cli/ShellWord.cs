using System.Text.RegularExpressions;

namespace TResNet.Cli;

/// <summary>A word as a shell reads it back.</summary>
internal static partial class ShellWord
{
    /// <summary>The word itself, or in quotes where a shell would make something else of it.</summary>
    public static string Of(string word) =>
        Plain().IsMatch(word) ? word
        : word.AsSpan().ContainsAny("\"$`\\!") ? $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'"
        : $"\"{word}\"";

    [GeneratedRegex(@"^[\p{L}\p{M}\p{N}_./:=,@%+-]+$")]
    private static partial Regex Plain();
}
