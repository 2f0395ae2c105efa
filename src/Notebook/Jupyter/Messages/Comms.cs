// Messaging spec, "Custom Messages".
using System.Text.Json.Nodes;

namespace Notebook.Jupyter.Messages;

/// <summary><c>comm_info_reply</c>.</summary>
/// <param name="Comms">The open comms: <c>target_name</c> by comm id.</param>
internal sealed record CommInfoReply(JsonObject Comms)
{
    /// <summary>Always ok.</summary>
    public string Status => "ok";
}

/// <summary><c>comm_open</c>.</summary>
/// <param name="CommId">Unique for each comm.</param>
/// <param name="TargetName">What it wants to talk to.</param>
internal sealed record CommOpen(string CommId, string TargetName);

/// <summary><c>comm_close</c>, also the answer to a <c>comm_open</c> for a target that is not there.</summary>
/// <param name="CommId">As in <see cref="CommOpen"/>.</param>
/// <param name="Data">Nothing.</param>
internal sealed record CommClose(string CommId, JsonObject Data);
