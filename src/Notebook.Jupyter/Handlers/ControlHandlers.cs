// Messaging spec, "Messages on the Control (ROUTER/DEALER) channel".
using System.Text.Json;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;

namespace Notebook.Jupyter.Handlers;

/// <summary>
/// <c>interrupt_request</c>: cancels the token of the running cell, and of those that run in subshells. It says ok when
/// they were asked, not when they have stopped.
/// </summary>
internal sealed class InterruptHandler(Action interrupt) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "interrupt_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        interrupt();
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

/// <summary>
/// <c>debug_request</c>: there is no debugger, which is said in the words of the Debug Adapter Protocol that both messages
/// are made of.
/// </summary>
internal sealed class DebugHandler : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "debug_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var asked = request.Message.Content;
        var sequence =
            asked.TryGetProperty("seq", out var seq)
            && seq.ValueKind == JsonValueKind.Number
            && seq.TryGetInt32(out var n)
                ? n
                : 0;
        var command =
            asked.TryGetProperty("command", out var name) && name.ValueKind == JsonValueKind.String
                ? name.GetString()!
                : "";
        request.Reply(new DebugReply(sequence, command, "This kernel has no debugger."));
        return Task.CompletedTask;
    }
}
