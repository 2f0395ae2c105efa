// Messaging spec, "Custom Messages", from the kernel to its front ends.
using System.Text.Json.Nodes;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;
using Notebook.Session.Execution;

namespace Notebook.Jupyter.Kernel;

/// <summary>Publishes what comms say, with the request that the calling code runs for as its parent.</summary>
internal sealed class CommMessages(IoPub iopub) : ICommTransport
{
    /// <inheritdoc/>
    public void Open(string id, string target, JsonObject data, IReadOnlyList<byte[]> buffers) =>
        Publish("comm_open", new CommOpen(id, target, Copy(data)), buffers);

    /// <inheritdoc/>
    public void Send(string id, JsonObject data, IReadOnlyList<byte[]> buffers) =>
        Publish("comm_msg", new CommContent(id, Copy(data)), buffers);

    /// <inheritdoc/>
    public void Close(string id, JsonObject data) => Publish("comm_close", new CommContent(id, Copy(data)), []);

    private static JsonObject Copy(JsonObject data) => (JsonObject)data.DeepClone();

    private void Publish(string type, object content, IReadOnlyList<byte[]> buffers) =>
        iopub.Publish(type, Request.Current?.Message.HeaderFrame ?? MessageFormat.NoParent, content, buffers);
}
