// Messaging spec, "Messages on the Control (ROUTER/DEALER) channel": "Kernel shutdown", "Debug request", "Kernel subshells".
namespace Notebook.Jupyter.Protocol.Messages;

/// <summary><c>shutdown_request</c>.</summary>
/// <param name="Restart">Whether the front end starts the kernel again.</param>
internal sealed record ShutdownRequest(bool Restart = false);

/// <summary><c>shutdown_reply</c>.</summary>
/// <param name="Restart">As in the request.</param>
internal sealed record ShutdownReply(bool Restart)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}

/// <summary><c>debug_reply</c>: a failed <c>Response</c> of the Debug Adapter Protocol.</summary>
/// <param name="RequestSeq">The request's number.</param>
/// <param name="Command">The command that was asked for.</param>
/// <param name="Message">Why it failed.</param>
internal sealed record DebugReply(int RequestSeq, string Command, string Message)
{
    /// <summary>The reply's own number, of which there is no second.</summary>
    public int Seq => 0;

    /// <summary>Always response.</summary>
    public string Type => "response";

    /// <summary>Always false.</summary>
    public bool Success => false;
}

/// <summary><c>create_subshell_reply</c>.</summary>
/// <param name="SubshellId">What headers name the new subshell by.</param>
internal sealed record CreateSubshellReply(string SubshellId)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}

/// <summary><c>delete_subshell_request</c>.</summary>
internal sealed record DeleteSubshellRequest(string SubshellId);

/// <summary><c>list_subshell_reply</c>.</summary>
/// <param name="SubshellId">The ids, under the name that the specification gives them.</param>
internal sealed record ListSubshellReply(IReadOnlyList<string> SubshellId)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}
