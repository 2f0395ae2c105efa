// What a running cell emits, in order. The vocabulary is that of the Jupyter messaging protocol 5.5 (stream,
// display_data, update_display_data, execute_result, error, clear_output), so that a kernel forwards it as it is.
using System.Text.Json.Nodes;

namespace Notebook.Outputs;

/// <summary>One thing that a running cell emits.</summary>
public abstract record Output;

/// <summary>Which of the two console streams a text was written to.</summary>
public enum StreamKind
{
    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,
}

/// <summary>Text written to the console.</summary>
/// <param name="Stream">The stream written to.</param>
/// <param name="Text">The text, which may end in the middle of a line and may hold ANSI escapes.</param>
public sealed record StreamOutput(StreamKind Stream, string Text) : Output
{
    /// <summary>The stream's name in the protocol and in documents: <c>stdout</c> or <c>stderr</c>.</summary>
    public string Name => Stream == StreamKind.Stdout ? "stdout" : "stderr";
}

/// <summary>A value shown below the cell.</summary>
/// <param name="Data">The value as each of its MIME types.</param>
/// <param name="DisplayId">Names what is shown for as long as the session lives, so that <see cref="DisplayUpdate"/> finds it; null when nothing will.</param>
public sealed record DisplayOutput(MimeBundle Data, string? DisplayId = null) : Output
{
    /// <summary>Hints for the front end, by MIME type; null for none.</summary>
    public JsonObject? Metadata { get; init; }
}

/// <summary>Replaces, wherever it is on show, what was displayed under an id; it adds no output of its own.</summary>
/// <param name="Data">The new value as each of its MIME types.</param>
/// <param name="DisplayId">The id given by the earlier <see cref="DisplayOutput"/>.</param>
public sealed record DisplayUpdate(MimeBundle Data, string DisplayId) : Output
{
    /// <summary>Hints for the front end, by MIME type; null for none.</summary>
    public JsonObject? Metadata { get; init; }
}

/// <summary>The value of the cell's last expression.</summary>
/// <param name="Data">The value as each of its MIME types.</param>
public sealed record ResultOutput(MimeBundle Data) : Output
{
    /// <summary>The value itself, for who sent the code; null for null, and where there is none any more.</summary>
    internal object? Value { get; init; }
}

/// <summary>Why the cell failed; always the last output of a cell.</summary>
/// <param name="Name">The exception's type name, or <c>CompilationError</c>, or <c>Interrupted</c>.</param>
/// <param name="Value">The message, one sentence where it can be.</param>
/// <param name="Traceback">What to show, line by line, without ANSI escapes; at least one line.</param>
public sealed record ErrorOutput(string Name, string Value, IReadOnlyList<string> Traceback) : Output;

/// <summary>Empties the cell's outputs.</summary>
/// <param name="Wait">Whether to wait for the next output, so that the picture does not flicker.</param>
public sealed record ClearOutput(bool Wait) : Output;
