// Messaging spec, "Execution errors": front ends show a traceback as text with ANSI colours.
using Notebook.Outputs;

namespace Notebook.Jupyter.Handlers;

/// <summary>Colours the traceback of an error: what went wrong stands out from where.</summary>
internal static class Traceback
{
    private const string Red = "\e[31m";
    private const string BoldRed = "\e[1;31m";
    private const string Plain = "\e[0m";

    /// <summary>The lines with their colours.</summary>
    public static IReadOnlyList<string> Coloured(ErrorOutput error) =>
        [.. error.Traceback.Select(line => Coloured(line, error.Name))];

    private static string Coloured(string line, string name)
    {
        if (line.StartsWith($"{name}: ", StringComparison.Ordinal))
        {
            return $"{BoldRed}{name}{Plain}{line[name.Length..]}";
        }

        // Frames and lines of code are indented; carets point into the code.
        var isCaret = line.Length > 0 && line.AsSpan().Trim().TrimStart('^').IsEmpty && line.Contains('^');
        return isCaret || (line.Length > 0 && line[0] != ' ') ? $"{Red}{line}{Plain}" : line;
    }
}
