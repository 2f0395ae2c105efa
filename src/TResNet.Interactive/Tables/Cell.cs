namespace TResNet.Interactive.Tables;

/// <summary>A cell of a <see cref="Table"/>; a text is one.</summary>
/// <param name="Text">What is written in it.</param>
public sealed record Cell(string Text)
{
    /// <summary>The number that <see cref="Text"/> rounds, by which a sortable table sorts; the text itself decides when null.</summary>
    public double? Number { get; init; }

    /// <summary>Shown when it is pointed at; nothing when null.</summary>
    public string? Hint { get; init; }

    /// <summary>The number of a note, raised behind the text: <c>[1]</c>; none when null.</summary>
    public string? Mark { get; init; }

    /// <summary>A quieter text that goes with it: on a line below in HTML, in brackets behind it elsewhere; none when null.</summary>
    public string? Aside { get; init; }

    /// <summary>Where a click leads; nowhere when null.</summary>
    public string? Url { get; init; }

    /// <summary>A picture before the text, as PNG; only in HTML, none when null.</summary>
    public byte[]? Picture { get; init; }

    /// <summary>What is not known: it is sorted behind everything.</summary>
    public static Cell Unknown { get; } = "–";

    /// <summary>A cell with nothing but a text.</summary>
    public static implicit operator Cell(string text) => new(text);

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
