using Spectre.Console;
using TResNet.Interactive.Tables;
using Style = Spectre.Console.Style;
using Table = TResNet.Interactive.Tables.Table;

namespace TResNet.Cli;

/// <summary>
/// Where results are printed: tables with rules and a line that is rewritten on a terminal; aligned text, and only the lines worth keeping,
/// where the output is a file or a pipe.
/// </summary>
internal sealed class Terminal(TextWriter writer, bool isLive, int width)
{
    private readonly IAnsiConsole console = AnsiConsole.Create(
        new AnsiConsoleSettings
        {
            Ansi = isLive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isLive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new Output(writer, isLive, width),
        }
    );

    private bool lineIsOpen;

    public TextWriter Writer => writer;

    public bool IsLive => isLive;

    public int Width => width;

    public static Terminal OfConsole()
    {
        var live = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";
        return new Terminal(Console.Out, live, live ? Math.Max(40, WidthOfConsole()) : 100);
    }

    private static int WidthOfConsole() =>
        int.TryParse(Environment.GetEnvironmentVariable(RankProcess.Columns), out var columns)
            ? columns
            : Console.WindowWidth;

    public void WriteLine(string text = "")
    {
        EndLine();
        writer.WriteLine(text);
    }

    /// <summary>A sentence, broken between words on a terminal.</summary>
    public void WriteSentence(string text)
    {
        if (!isLive)
        {
            WriteLine(text);
            return;
        }

        EndLine();
        console.Write(new Text(text + "\n"));
    }

    /// <summary>A table: with rules on a terminal, aligned text elsewhere.</summary>
    public void Write(Table table)
    {
        EndLine();
        if (!isLive)
        {
            writer.WriteLine(table);
            return;
        }

        // A space before the first column and after the last are the border's.
        table = table.Within(width - 2);
        var drawn = new Spectre.Console.Table().Border(TableBorder.Simple).BorderColor(Color.Grey);
        for (var i = 0; i < table.Columns.Count; i++)
        {
            var column = new TableColumn($"[bold]{Markup.Escape(table.Columns[i].Header)}[/]")
            {
                NoWrap = true,
                Padding = new Padding(0, 0, i < table.Columns.Count - 1 ? 1 : 0, 0),
            };
            column.Footer = table.Footer is null ? null : new Markup($"[bold]{Markup.Escape(table.Footer[i].Text)}[/]");
            drawn.AddColumn(table.Columns[i].Numeric ? column.RightAligned() : column);
        }

        foreach (var row in table.Rows)
        {
            drawn.AddRow(
                row.Select(cell =>
                    (Spectre.Console.Rendering.IRenderable)
                        new Text(cell.Text, cell.Url is null ? null : new Style(link: cell.Url))
                )
            );
        }

        if (table.Title is not null)
        {
            console.Write(new Text(table.Title + "\n", new Style(decoration: Decoration.Bold)));
        }

        console.Write(drawn);
        if (table.Note is not null)
        {
            var note = new Text(table.Note + "\n", new Style(decoration: Decoration.Dim));
            console.Write(new Padder(note, new Padding(1, 0, 0, 0)));
        }
    }

    /// <summary>A line in bold, where there is bold.</summary>
    public void WriteHeadline(string text)
    {
        EndLine();
        console.Write(new Text(text + "\n", new Style(decoration: Decoration.Bold)));
    }

    /// <summary>Rewrites the progress line; where nothing can be rewritten, keeps the milestones.</summary>
    public void Write(ProgressLine line)
    {
        if (!isLive)
        {
            if (line.IsMilestone)
            {
                writer.WriteLine(line.Text);
            }

            return;
        }

        const int Bar = 16;
        var done = (int)Math.Round(Bar * Math.Clamp(line.Done, 0, 1));
        var text = line.Within(width - Bar - 3);
        writer.Write(
            $"\r\u001b[2K\u001b[34m{new string('━', done)}\u001b[90m{new string('─', Bar - done)}\u001b[0m {text}"
        );
        writer.Flush();
        lineIsOpen = true;
    }

    /// <summary>Removes the progress line, so that what follows starts on a clean one.</summary>
    public void EndLine()
    {
        if (lineIsOpen)
        {
            writer.Write("\r\u001b[2K");
            lineIsOpen = false;
        }
    }

    private sealed class Output(TextWriter writer, bool isLive, int width) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isLive;

        public int Width => width;

        public int Height => 24;

        public void SetEncoding(System.Text.Encoding encoding) { }
    }
}
