using System.Text.Json.Nodes;
using Notebook.Jupyter.Kernel;

namespace Notebook.Jupyter.Handlers;

/// <summary>Calls the notebook's code for a message: what it writes and displays belongs to the message, and interrupts reach it.</summary>
internal static class FrontEndCallback
{
    /// <summary>What a front end sent to a comm.</summary>
    public static CommMessage MessageOf(Request request, JsonObject? data) => new(data ?? [], request.Message.Buffers);

    /// <summary>Calls code.</summary>
    public static Task RunAsync(NotebookHost host, Request request, Action action) =>
        request.Running.RunAsync(token =>
            Task.FromResult(
                host.Call(action, output => OutputMessages.Publish(request, output, host.ExecutionCount), token)
            )
        );
}
