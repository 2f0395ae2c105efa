// Messaging spec, "History".
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Messages;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>history_request</c>: this kernel keeps no history, and says so with an empty list.</summary>
internal sealed class HistoryHandler : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "history_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        request.Reply(new HistoryReply([]));
        return Task.CompletedTask;
    }
}
