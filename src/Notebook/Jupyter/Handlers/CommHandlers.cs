// Messaging spec, "Custom Messages": a kernel without comm targets.
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Messages;
using Notebook.Jupyter.Wire;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>comm_info_request</c>: no comm is open.</summary>
internal sealed class CommInfoHandler : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "comm_info_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        request.Reply(new CommInfoReply([]));
        return Task.CompletedTask;
    }
}

/// <summary><c>comm_open</c>: "If the target_name key is not found on the receiving side, it should immediately reply with a comm_close".</summary>
internal sealed class CommOpenHandler(KernelLog log) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "comm_open";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var open = request.Content(ProtocolJson.Shared.CommOpen);
        log.Write($"A comm for {open.TargetName} was refused: this kernel has no comm targets.");
        request.Publish("comm_close", new CommClose(open.CommId, []));
        return Task.CompletedTask;
    }
}
