using System.Text.Json.Nodes;

namespace Notebook.Documents;

/// <summary>How an <c>.ipynb</c> was laid out, so that what was not changed is written as it was.</summary>
/// <param name="Root">All but cells and metadata.</param>
/// <param name="Indent">What a level is indented by; null where all is in one line.</param>
/// <param name="EndsInNewLine">Whether its last line ends.</param>
/// <param name="CrLf">Whether its lines end as on Windows.</param>
internal sealed record IpynbLayout(JsonObject Root, string? Indent, bool EndsInNewLine, bool CrLf)
{
    public static readonly IpynbLayout Jupyter = new(
        new JsonObject
        {
            ["cells"] = new JsonArray(),
            ["metadata"] = new JsonObject(),
            ["nbformat"] = IpynbFormat.Major,
            ["nbformat_minor"] = 5,
        },
        " ",
        true,
        false
    );

    public static IpynbLayout Of(JsonObject root, string text)
    {
        var open = text.IndexOf('{');
        var line = text.IndexOf('\n', open);
        var indent = line < 0 ? null : text[(line + 1)..].TakeWhile(c => c is ' ' or '\t').ToArray();
        return new IpynbLayout(
            root,
            indent is null ? null : new string(indent),
            text.EndsWith('\n'),
            text.Contains("\r\n", StringComparison.Ordinal)
        );
    }
}

/// <summary>A cell as the file has it.</summary>
/// <param name="Json">The cell.</param>
/// <param name="Language">The language that was read from it.</param>
/// <param name="Source">The text that was read from it.</param>
internal sealed record IpynbCellLayout(JsonObject Json, string Language, string Source);
