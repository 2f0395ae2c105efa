// A cell as the runs of text that one reader each takes: magic lines, C#, Markdown, HTML, JavaScript.
namespace Notebook.Language;

/// <summary>Splits cells at lines that begin with <c>#!</c>; in C# where the compiler would take them for directives.</summary>
internal static class CellSplitter
{
    /// <summary>The magic that keeps the lines below it.</summary>
    public const string ValueName = "value";

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
        [ValueName] = SegmentKind.Value,
    };

    // What hands variables over, in the language that gets them.
    private static readonly HashSet<string> InEveryLanguage = new(StringComparer.OrdinalIgnoreCase) { "set", "share" };

    /// <summary>The names that say what language the lines below are in, without <c>#!</c>.</summary>
    public static IEnumerable<string> SelectorNames => Selectors.Keys.Where(each => each != ValueName);

    /// <summary>Splits a cell.</summary>
    /// <param name="cellText">The cell's text.</param>
    public static IReadOnlyList<Segment> Split(string cellText)
    {
        var lines = Lines(cellText);
        var (kinds, shared, unread) = Read(lines);
        foreach (var line in unread)
        {
            lines[line] = "";
        }

        var segments = new List<Segment>();
        var within = SegmentKind.CSharp;
        for (var at = 0; at < lines.Length; )
        {
            var start = at++;
            if (kinds[start] == SegmentKind.Magic && IsSelector(lines[start]))
            {
                within = Selectors[MagicName(lines[start])!];
                if (within != SegmentKind.Value)
                {
                    continue;
                }
            }

            while (
                at < lines.Length
                && kinds[at] != SegmentKind.Magic
                && kinds[at] == (kinds[start] == SegmentKind.Magic ? SegmentKind.Value : kinds[start])
            )
            {
                at++;
            }

            if (kinds[start] == SegmentKind.Magic)
            {
                segments.Add(
                    new Segment(SegmentKind.Magic, lines[start].Trim()[2..], start + 1)
                    {
                        Within = within,
                        Below = string.Join('\n', lines[(start + 1)..at]),
                    }
                );
                continue;
            }

            if (!lines[start..at].All(string.IsNullOrWhiteSpace))
            {
                segments.Add(new Segment(kinds[start], Text(kinds[start], start, at), start + 1));
            }
        }

        return segments;

        // The parts of a cell are compiled one by one, and each needs the #if and #nullable around it.
        string Text(SegmentKind kind, int from, int to)
        {
            if (kind != SegmentKind.CSharp)
            {
                return string.Join('\n', lines[from..to]);
            }

            var end = Math.Max(to, shared.Count == 0 ? 0 : shared.Max() + 1);
            return string.Join(
                '\n',
                Enumerable.Range(0, end).Select(i => from <= i && i < to || shared.Contains(i) ? lines[i] : "")
            );
        }
    }

    /// <summary>Who reads each line, with the lines that select a language among the magics.</summary>
    /// <param name="cellText">The cell's text; its lines end in <c>\n</c>.</param>
    public static IReadOnlyList<SegmentKind> KindsOfLines(string cellText) => Read(cellText.Split('\n')).Kinds;

    /// <summary>The lines of a text, whatever they end in.</summary>
    public static string[] Lines(string text) =>
        text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n');

    /// <summary>The name after <c>#!</c> at the start of a line; null when the line is no magic.</summary>
    public static string? MagicName(string line)
    {
        // #!/usr/bin/env dotnet is for a shell.
        var text = line.AsSpan().Trim();
        if (!text.StartsWith("#!") || text.Length == 2 || char.IsWhiteSpace(text[2]) || text[2] == '/')
        {
            return null;
        }

        var end = text[2..].IndexOfAny(" \t");
        return (end < 0 ? text[2..] : text.Slice(2, end)).ToString();
    }

    /// <summary>Who reads each line, and the numbers of the lines that hold for all of the cell's C#, and of those that nobody reads.</summary>
    private static (SegmentKind[] Kinds, IReadOnlySet<int> Shared, IReadOnlySet<int> Unread) Read(string[] lines)
    {
        var kinds = new SegmentKind[lines.Length];
        var (shared, unread) = (new HashSet<int>(), new HashSet<int>());
        if (lines[0].StartsWith("#!/", StringComparison.Ordinal))
        {
            unread.Add(0);
        }

        if (!lines.Any(line => MagicName(line) is not null))
        {
            return (kinds, shared, unread);
        }

        // What is not C# is blanked, and from there on the lexer starts again.
        var code = (string[])lines.Clone();
        for (var at = 0; at < lines.Length; )
        {
            at = ReadCSharp(code, at, kinds, shared, unread);
            var kind = at < lines.Length ? Selectors[MagicName(lines[at])!] : SegmentKind.CSharp;
            while (at < lines.Length && kind != SegmentKind.CSharp)
            {
                // Elsewhere the line is the language's own, save one that selects another.
                var isSelector = IsSelector(lines[at]);
                kind = isSelector ? Selectors[MagicName(lines[at])!] : kind;
                kinds[at] = isSelector || IsForEveryLanguage(lines[at], kind) ? SegmentKind.Magic : kind;
                code[at++] = "";
            }
        }

        return (kinds, shared, unread);
    }

    /// <summary>Marks the magics from a line on, up to one that selects another language.</summary>
    /// <returns>That line; the number of lines when there is none.</returns>
    private static int ReadCSharp(
        string[] code,
        int from,
        SegmentKind[] kinds,
        HashSet<int> shared,
        HashSet<int> unread
    )
    {
        shared.Clear();
        foreach (var (directive, at) in CSharpDirectives.In(string.Join('\n', code)))
        {
            if (CSharpDirectives.IsForTheWholeCell(directive))
            {
                shared.Add(at);
            }
            else if (at >= from && MagicName(code[at]) is { } name)
            {
                if (!directive.IsActive)
                {
                    // The compiler would complain of it even so.
                    unread.Add(at);
                    continue;
                }

                if (IsSelector(code[at]) && Selectors[name] != SegmentKind.CSharp)
                {
                    return at;
                }

                kinds[at] = SegmentKind.Magic;
                code[at] = "";
            }
        }

        return code.Length;
    }

    private static bool IsForEveryLanguage(string line, SegmentKind kind) =>
        kind is SegmentKind.JavaScript or SegmentKind.Html or SegmentKind.Mermaid
        && MagicName(line) is { } name
        && InEveryLanguage.Contains(name);

    private static bool IsSelector(string line) =>
        MagicName(line) is { } name
        && Selectors.ContainsKey(name)
        && (name == ValueName || line.Trim().Length == name.Length + 2);
}
