// Messaging spec, "Messages on the shell ROUTER/DEALER channel", "Execute".
using System.Text.Json.Nodes;

namespace Notebook.Jupyter.Protocol.Messages;

/// <summary><c>execute_request</c>.</summary>
/// <param name="Code">The cell's text.</param>
/// <param name="Silent">No output, no result and no history.</param>
/// <param name="StoreHistory">Whether the execution counts; by default it does unless <paramref name="Silent"/>.</param>
/// <param name="UserExpressions">Expressions to evaluate after a successful cell, by the name they are answered under.</param>
/// <param name="AllowStdin">Whether the front end answers <c>input_request</c>.</param>
/// <param name="StopOnError">Whether an error aborts the requests that already wait.</param>
internal sealed record ExecuteRequest(
    string Code,
    bool Silent = false,
    bool? StoreHistory = null,
    Dictionary<string, string>? UserExpressions = null,
    bool AllowStdin = true,
    bool StopOnError = true
);

/// <summary><c>execute_input</c>: tells every front end what runs (messaging spec, "Code inputs").</summary>
internal sealed record ExecuteInput(string Code, int ExecutionCount);

/// <summary><c>execute_reply</c> with status ok.</summary>
/// <param name="ExecutionCount">The number of the latest counted execution.</param>
/// <param name="UserExpressions">An <see cref="ExpressionResult"/> or <see cref="ExpressionError"/> for each.</param>
internal sealed record ExecuteReply(int ExecutionCount, JsonObject UserExpressions)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";

    /// <summary>Deprecated, always empty, and read by older front ends all the same.</summary>
    public IReadOnlyList<JsonObject> Payload => [];
}

/// <summary><c>execute_reply</c> with status error.</summary>
internal sealed record ExecuteReplyError(
    int ExecutionCount,
    string Ename,
    string Evalue,
    IReadOnlyList<string> Traceback
)
{
    /// <summary>Always error.</summary>
    public string Status => "error";
}

/// <summary>Metadata of <c>execute_reply</c> that front ends read although the specification does not name it.</summary>
/// <param name="Started">When the cell began, ISO 8601; the difference to the reply's date is the cell's time.</param>
internal sealed record ExecuteReplyMetadata(string Started);

/// <summary>The value of one of the <c>user_expressions</c>.</summary>
internal sealed record ExpressionResult(JsonObject Data, JsonObject Metadata)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}

/// <summary>Why one of the <c>user_expressions</c> has no value.</summary>
internal sealed record ExpressionError(string Ename, string Evalue, IReadOnlyList<string> Traceback)
{
    /// <summary>Always error.</summary>
    public string Status => "error";
}
