// Console.Out and Console.Error, routed to the cell that writes. Installed once for the process.
using System.Text;
using Notebook.Outputs;

namespace Notebook.Session.Execution;

/// <summary>Sends what is written to the console to the running cell, and to the real console when no cell runs.</summary>
internal sealed class CellConsoleWriter : TextWriter
{
    private static readonly Lock Gate = new();
    private static bool installed;
    private readonly StreamKind stream;
    private readonly TextWriter fallback;

    private CellConsoleWriter(StreamKind stream, TextWriter fallback)
    {
        this.stream = stream;
        this.fallback = fallback;
        CoreNewLine = ['\n'];
    }

    public override Encoding Encoding => fallback.Encoding;

    public static void Install()
    {
        lock (Gate)
        {
            if (installed)
            {
                return;
            }

            installed = true;
            Console.SetOut(new CellConsoleWriter(StreamKind.Stdout, Console.Out));
            Console.SetError(new CellConsoleWriter(StreamKind.Stderr, Console.Error));
            DebugListener.Install();
            Console.SetIn(new CellConsoleReader(Console.In));
        }
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            return;
        }

        if (CellContext.Current is { } cell)
        {
            cell.Emit(new StreamOutput(stream, value));
        }
        else
        {
            fallback.Write(value);
        }
    }

    public override void WriteLine() => Write("\n");

    public override void WriteLine(string? value) => Write(value + "\n");

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write(string.Concat(buffer, "\n"));

    public override void Flush()
    {
        if (CellContext.Current is null)
        {
            fallback.Flush();
        }
    }
}
