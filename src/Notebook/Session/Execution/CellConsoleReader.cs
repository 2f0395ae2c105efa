// Console.In, routed to the front end of the cell that reads.
namespace Notebook.Session.Execution;

/// <summary>Reads from the person in front of the running cell, and from the real console when no cell runs.</summary>
/// <param name="fallback">The real console.</param>
internal sealed class CellConsoleReader(TextReader fallback) : TextReader
{
    // What is left of a line that was read by characters.
    private string line = "";
    private int at;

    public override string? ReadLine()
    {
        if (CellContext.Current is not { } cell)
        {
            return fallback.ReadLine();
        }

        var rest = line[at..];
        (line, at) = ("", 0);
        return rest.Length > 0 ? rest.TrimEnd('\n') : cell.Ask(new(Prompt: "", IsPassword: false));
    }

    public override int Peek() =>
        CellContext.Current is null ? fallback.Peek()
        : at < line.Length ? line[at]
        : -1;

    public override int Read()
    {
        if (CellContext.Current is not { } cell)
        {
            return fallback.Read();
        }

        if (at >= line.Length)
        {
            (line, at) = (cell.Ask(new(Prompt: "", IsPassword: false)) + "\n", 0);
        }

        return line[at++];
    }

    /// <summary>One line: a front end has no key for the end of the input.</summary>
    public override string ReadToEnd() =>
        CellContext.Current is null ? fallback.ReadToEnd() : (ReadLine() ?? "") + "\n";
}
