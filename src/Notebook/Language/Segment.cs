namespace Notebook.Language;

/// <summary>Who reads a segment.</summary>
internal enum SegmentKind
{
    CSharp,
    Magic,
    Markdown,
    Html,
    JavaScript,
    Mermaid,

    /// <summary>What a magic above it reads: the text of <c>#!value</c>.</summary>
    Value,
}

/// <summary>A part of a cell.</summary>
/// <param name="Kind">Who reads it.</param>
/// <param name="Text">The text; of C#, preceded by one blank line for each line of the cell above it.</param>
/// <param name="Line">The line of the cell it starts at, from one.</param>
internal sealed record Segment(SegmentKind Kind, string Text, int Line)
{
    /// <summary>The language that a magic stands in.</summary>
    public SegmentKind Within { get; init; }

    /// <summary>The lines below a magic that reads them; empty for any other.</summary>
    public string Below { get; init; } = "";
}
