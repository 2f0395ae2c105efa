// A cell as the runs of text that one reader each takes: magic lines, C#, Markdown, HTML, JavaScript.
namespace Notebook.Magics;

/// <summary>Who reads a segment.</summary>
internal enum SegmentKind
{
    CSharp,
    Magic,
    Markdown,
    Html,
    JavaScript,
    Mermaid,
}

/// <summary>A part of a cell.</summary>
/// <param name="Kind">Who reads it.</param>
/// <param name="Text">The text; of C#, preceded by one blank line for each line of the cell above it.</param>
/// <param name="Line">The line of the cell it starts at, from one.</param>
internal sealed record Segment(SegmentKind Kind, string Text, int Line);

/// <summary>Splits cells at lines that begin with <c>#!</c>.</summary>
internal static class CellSplitter
{
    private static readonly Dictionary<string, SegmentKind> Selectors = new(StringComparer.OrdinalIgnoreCase)
    {
        ["csharp"] = SegmentKind.CSharp,
        ["c#"] = SegmentKind.CSharp,
        ["markdown"] = SegmentKind.Markdown,
        ["md"] = SegmentKind.Markdown,
        ["html"] = SegmentKind.Html,
        ["javascript"] = SegmentKind.JavaScript,
        ["js"] = SegmentKind.JavaScript,
        ["mermaid"] = SegmentKind.Mermaid,
    };

    /// <summary>The names that say what language the lines below are in, without <c>#!</c>.</summary>
    public static IReadOnlyCollection<string> SelectorNames => Selectors.Keys;

    /// <summary>Splits a cell.</summary>
    /// <param name="cellText">The cell's text.</param>
    public static IReadOnlyList<Segment> Split(string cellText)
    {
        var lines = cellText.ReplaceLineEndings("\n").Split('\n');
        var segments = new List<Segment>();
        var kind = SegmentKind.CSharp;
        var start = 0;
        for (var at = 0; at < lines.Length; at++)
        {
            // Magics are read in C# alone: elsewhere the line is the language's own, save one that selects another.
            if (MagicName(lines[at]) is not { } name || kind != SegmentKind.CSharp && !IsSelector(lines[at]))
            {
                continue;
            }

            Add(start, at);
            start = at + 1;
            if (IsSelector(lines[at]))
            {
                kind = Selectors[name];
            }
            else
            {
                segments.Add(new Segment(SegmentKind.Magic, lines[at].Trim()[2..], at + 1));
            }
        }

        Add(start, lines.Length);
        return segments;

        void Add(int from, int to)
        {
            if (lines[from..to].All(string.IsNullOrWhiteSpace))
            {
                return;
            }

            var text = string.Join('\n', lines[from..to]);
            segments.Add(
                new Segment(kind, kind == SegmentKind.CSharp ? new string('\n', from) + text : text, from + 1)
            );
        }
    }

    /// <summary>Who reads each line, with the lines that select a language among the magics.</summary>
    /// <param name="cellText">The cell's text; its lines end in <c>\n</c>.</param>
    public static IReadOnlyList<SegmentKind> KindsOfLines(string cellText)
    {
        var kind = SegmentKind.CSharp;
        var kinds = new List<SegmentKind>();
        foreach (var line in cellText.Split('\n'))
        {
            if (IsSelector(line))
            {
                kinds.Add(SegmentKind.Magic);
                kind = Selectors[MagicName(line)!];
            }
            else
            {
                kinds.Add(kind == SegmentKind.CSharp && MagicName(line) is not null ? SegmentKind.Magic : kind);
            }
        }

        return kinds;
    }

    /// <summary>The name after <c>#!</c> at the start of a line; null when the line is no magic.</summary>
    public static string? MagicName(string line)
    {
        var text = line.AsSpan().Trim();
        if (!text.StartsWith("#!") || text.Length == 2 || char.IsWhiteSpace(text[2]))
        {
            return null;
        }

        var end = text[2..].IndexOfAny(" \t");
        return (end < 0 ? text[2..] : text.Slice(2, end)).ToString();
    }

    private static bool IsSelector(string line) =>
        MagicName(line) is { } name && Selectors.ContainsKey(name) && line.Trim().Length == name.Length + 2;
}
