// Messaging spec, "Messages on the Control (ROUTER/DEALER) channel": "Kernel interrupt" and "Kernel shutdown".
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Messages;
using Notebook.Jupyter.Wire;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>interrupt_request</c>: cancels the running cell's token. It says ok when the cell was asked, not when it has stopped.</summary>
internal sealed class InterruptHandler(RunningCell running) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "interrupt_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        running.Interrupt();
        request.Reply(StatusOnly.Ok);
        return Task.CompletedTask;
    }
}

/// <summary><c>shutdown_request</c>, on control and for old front ends on shell; every front end hears of it on iopub.</summary>
internal sealed class ShutdownHandler(Action shutdown) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "shutdown_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var reply = new ShutdownReply(request.Content(ProtocolJson.Shared.ShutdownRequest).Restart);
        request.Publish("shutdown_reply", reply);
        request.Reply(reply);
        shutdown();
        return Task.CompletedTask;
    }
}
