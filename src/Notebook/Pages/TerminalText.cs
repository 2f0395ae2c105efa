// Console text for a page: no escapes, and lines that were overwritten with a carriage return as they ended up.
using System.Text.RegularExpressions;

namespace Notebook.Pages;

/// <summary>Cleans text that was meant for a terminal.</summary>
internal static partial class TerminalText
{
    /// <summary>The text as a terminal would have left it on screen.</summary>
    public static string Clean(string text)
    {
        var lines = Escapes().Replace(text, "").Replace("\r\n", "\n").Split('\n');
        return string.Join('\n', lines.Select(Overwritten));
    }

    private static string Overwritten(string line)
    {
        if (!line.Contains('\r'))
        {
            return line;
        }

        var shown = "";
        foreach (var part in line.Split('\r'))
        {
            shown = part.Length >= shown.Length ? part : part + shown[part.Length..];
        }

        return shown;
    }

    // ECMA-48: control sequences (CSI), operating system commands (OSC) and two-character escapes.
    [GeneratedRegex(@"\x1B(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1B]*(?:\x07|\x1B\\)|[@-Z\\-_])")]
    private static partial Regex Escapes();
}
