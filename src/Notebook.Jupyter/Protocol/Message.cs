// Messaging spec, "General Message Format" and "The wire protocol".
using System.Text.Json;

namespace Notebook.Jupyter.Protocol;

/// <summary>The message header (messaging spec, "Message header").</summary>
/// <param name="MsgId">Unique for each message.</param>
/// <param name="MsgType">For example <c>execute_request</c>.</param>
/// <param name="Session">Unique for each run of the sender.</param>
/// <param name="Username">Who sent it.</param>
/// <param name="Date">When it was made, ISO 8601 with a time zone.</param>
/// <param name="Version">The protocol version that the sender speaks.</param>
/// <param name="SubshellId">The subshell the request is for (since 5.5); null for the main one.</param>
internal sealed record MessageHeader(
    string MsgId,
    string MsgType,
    string Session,
    string Username = "",
    string Date = "",
    string Version = "",
    string? SubshellId = null
);

/// <summary>A message as it came in, its signature verified.</summary>
internal sealed record Message
{
    /// <summary>ZeroMQ's routing prefix, which an answer repeats.</summary>
    public required IReadOnlyList<byte[]> Identities { get; init; }

    /// <summary>The header, read.</summary>
    public required MessageHeader Header { get; init; }

    /// <summary>The header as received: the <c>parent_header</c> of everything that answers, unknown members and all.</summary>
    public required byte[] HeaderFrame { get; init; }

    /// <summary>The header of the message that this one answers; an empty object for none.</summary>
    public required JsonElement ParentHeader { get; init; }

    /// <summary>What no part of the protocol depends on.</summary>
    public required JsonElement Metadata { get; init; }

    /// <summary>The content, whose members depend on the type.</summary>
    public required JsonElement Content { get; init; }

    /// <summary>Bytes of all its frames.</summary>
    public required long Size { get; init; }

    /// <summary>Binary attachments.</summary>
    public required IReadOnlyList<byte[]> Buffers { get; init; }
}
