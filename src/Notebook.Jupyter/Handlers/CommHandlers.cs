// Messaging spec, "Comm info" and "Custom Messages", from a front end to the kernel.
using System.Text.Json.Nodes;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>comm_info_request</c>: the comms that are open, of one target or of all.</summary>
internal sealed class CommInfoHandler(NotebookHost host) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "comm_info_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var target = request.Content(ProtocolJson.Shared.CommInfoRequest).TargetName;
        var comms = new JsonObject();
        foreach (var comm in host.Comms.All.Where(comm => target is null || comm.Target == target))
        {
            comms[comm.Id] = new JsonObject { ["target_name"] = comm.Target };
        }

        request.Reply(new CommInfoReply(comms));
        return Task.CompletedTask;
    }
}

/// <summary><c>comm_open</c>: "If the target_name key is not found on the receiving side, then it should immediately reply with a comm_close".</summary>
internal sealed class CommOpenHandler(NotebookHost host, KernelLog log) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "comm_open";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var (id, target, data) = request.Content(ProtocolJson.Shared.CommOpen);
        return FrontEndCallback.RunAsync(
            host,
            request,
            () =>
            {
                if (!host.Comms.OpenedByFrontEnd(id, target, FrontEndCallback.MessageOf(request, data)))
                {
                    log.Write($"A comm for {target} was refused: nothing here knows that target.");
                    request.Publish("comm_close", new CommContent(id, []));
                }
            }
        );
    }
}

/// <summary><c>comm_msg</c>.</summary>
internal sealed class CommMessageHandler(NotebookHost host, KernelLog log) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "comm_msg";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var (id, data) = request.Content(ProtocolJson.Shared.CommContent);
        return FrontEndCallback.RunAsync(
            host,
            request,
            () =>
            {
                if (!host.Comms.SentByFrontEnd(id, FrontEndCallback.MessageOf(request, data)))
                {
                    log.Write("A comm_msg was ignored: its comm is not open.");
                }
            }
        );
    }
}

/// <summary><c>comm_close</c>.</summary>
internal sealed class CommCloseHandler(NotebookHost host) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "comm_close";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var (id, data) = request.Content(ProtocolJson.Shared.CommContent);
        return FrontEndCallback.RunAsync(
            host,
            request,
            () => host.Comms.ClosedByFrontEnd(id, FrontEndCallback.MessageOf(request, data))
        );
    }
}
