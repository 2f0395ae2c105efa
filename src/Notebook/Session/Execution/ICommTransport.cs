using System.Text.Json.Nodes;

namespace Notebook.Session.Execution;

/// <summary>Carries the messages of comms to a front end: what speaks a protocol with one implements it.</summary>
public interface ICommTransport
{
    /// <summary>Tells of a new comm.</summary>
    void Open(string id, string target, JsonObject data, IReadOnlyList<byte[]> buffers);

    /// <summary>Sends a message.</summary>
    void Send(string id, JsonObject data, IReadOnlyList<byte[]> buffers);

    /// <summary>Tells that a comm is closed.</summary>
    void Close(string id, JsonObject data);
}
