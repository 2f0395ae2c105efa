// Messaging spec, "Completion", "Introspection" and "Code completeness".
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Notebook.Jupyter.Protocol.Messages;

/// <summary><c>complete_request</c>.</summary>
/// <param name="Code">The cell's text.</param>
/// <param name="CursorPos">Where the cursor is, in code points; without it at the end.</param>
internal sealed record CompleteRequest(string Code, int? CursorPos = null);

/// <summary><c>complete_reply</c>.</summary>
/// <param name="Matches">What may replace the text between the two positions.</param>
/// <param name="CursorStart">Where that text begins, in code points.</param>
/// <param name="CursorEnd">Where it ends.</param>
/// <param name="Metadata"><c>_jupyter_types_experimental</c>: each match again, with its kind.</param>
internal sealed record CompleteReply(
    IReadOnlyList<string> Matches,
    int CursorStart,
    int CursorEnd,
    CompletionMetadata Metadata
)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}

/// <summary>What the reference kernel adds to its matches, and front ends show.</summary>
internal sealed record CompletionMetadata(
    [property: JsonPropertyName("_jupyter_types_experimental")] IReadOnlyList<TypedMatch> Types
);

/// <summary>A match with its kind.</summary>
internal sealed record TypedMatch(int Start, int End, string Text, string Type);

/// <summary><c>inspect_request</c>.</summary>
/// <param name="Code">The cell's text.</param>
/// <param name="CursorPos">Where the cursor is, in code points; without it at the end.</param>
/// <param name="DetailLevel">0 or 1.</param>
internal sealed record InspectRequest(string Code, int? CursorPos = null, int DetailLevel = 0);

/// <summary><c>inspect_reply</c>.</summary>
/// <param name="Found">Whether there is anything to say.</param>
/// <param name="Data">What, as Markdown and as plain text.</param>
/// <param name="Metadata">Nothing.</param>
internal sealed record InspectReply(bool Found, JsonObject Data, JsonObject Metadata)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}

/// <summary><c>is_complete_request</c>.</summary>
internal sealed record IsCompleteRequest(string Code);

/// <summary><c>is_complete_reply</c>.</summary>
/// <param name="Status">complete, incomplete, invalid or unknown.</param>
/// <param name="Indent">What the next line should begin with, when incomplete.</param>
internal sealed record IsCompleteReply(
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Indent = null
);
