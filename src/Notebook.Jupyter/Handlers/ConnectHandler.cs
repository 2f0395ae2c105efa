// Messaging spec, "Connect".
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>connect_request</c>: the ports of the other channels.</summary>
internal sealed class ConnectHandler(ConnectionFile connection) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "connect_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        request.Reply(
            new ConnectReply(
                connection.ShellPort,
                connection.IopubPort,
                connection.StdinPort,
                connection.HbPort,
                connection.ControlPort
            )
        );
        return Task.CompletedTask;
    }
}
