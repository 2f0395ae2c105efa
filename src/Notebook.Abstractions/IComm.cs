// Jupyter messaging spec, "Custom Messages": a line of its own between code in the notebook and code in the front end.
using System.Text.Json.Nodes;

namespace Notebook;

/// <summary>One open line to the front end. Both sides send messages whose meaning is theirs; nothing is answered by itself.</summary>
public interface IComm
{
    /// <summary>Unique for each comm.</summary>
    string Id { get; }

    /// <summary>What the comm was opened for: the name under which the other side knows what to do with it.</summary>
    string Target { get; }

    /// <summary>
    /// Called for each message of the front end, one after the other; null to ignore them. What it writes and displays
    /// belongs to the message, and an exception is shown like a cell's.
    /// </summary>
    Action<CommMessage>? Received { get; set; }

    /// <summary>Called once, when the front end closes the comm.</summary>
    Action<CommMessage>? Closed { get; set; }

    /// <summary>Sends a message. After the comm was closed, or without a front end, it does nothing.</summary>
    /// <param name="data">The message.</param>
    /// <param name="buffers">Binary attachments.</param>
    void Send(JsonObject data, params IReadOnlyList<byte[]> buffers);

    /// <summary>Closes the comm on both sides.</summary>
    /// <param name="data">A last word; null for none.</param>
    void Close(JsonObject? data = null);
}

/// <summary>What came with a comm's opening, message or closing.</summary>
/// <param name="Data">The message.</param>
/// <param name="Buffers">Binary attachments.</param>
public sealed record CommMessage(JsonObject Data, IReadOnlyList<byte[]> Buffers);
