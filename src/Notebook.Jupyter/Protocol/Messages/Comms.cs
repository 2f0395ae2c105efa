// Messaging spec, "Comm info" and "Custom Messages".
using System.Text.Json.Nodes;

namespace Notebook.Jupyter.Protocol.Messages;

/// <summary><c>comm_info_request</c>.</summary>
/// <param name="TargetName">Which comms to tell of; null for all.</param>
internal sealed record CommInfoRequest(string? TargetName = null);

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
/// <param name="Data">What the other side begins with.</param>
internal sealed record CommOpen(string CommId, string TargetName, JsonObject? Data = null);

/// <summary><c>comm_msg</c>, and <c>comm_close</c>, which also answers a <c>comm_open</c> for a target that is not there.</summary>
/// <param name="CommId">As in <see cref="CommOpen"/>.</param>
/// <param name="Data">The message.</param>
internal sealed record CommContent(string CommId, JsonObject? Data = null);
