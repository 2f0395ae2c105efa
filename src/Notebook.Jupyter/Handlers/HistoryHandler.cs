// Messaging spec, "History".
using System.Text.Json.Nodes;
using Notebook.Jupyter.History;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>history_request</c>: cells that ran, the last ones, those of a session, or those that match a pattern.</summary>
internal sealed class HistoryHandler(CellHistory history) : IRequestHandler
{
    // The reference kernel's number for a tail of no given length.
    private const int DefaultTail = 10;

    /// <inheritdoc/>
    public string Type => "history_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var asked = request.Content(ProtocolJson.Shared.HistoryRequest);
        var entries = asked.HistAccessType switch
        {
            "tail" => history.Tail(asked.N ?? DefaultTail),
            "range" => history.Range(asked.Session ?? 0, asked.Start ?? 1, asked.Stop),
            "search" => history.Search(asked.Pattern ?? "*", asked.N, asked.Unique ?? false),
            _ => [],
        };
        request.Reply(new HistoryReply([.. entries.Select(entry => Triple(entry, asked.Output))]));
        return Task.CompletedTask;
    }

    private static JsonArray Triple(HistoryEntry entry, bool withOutput) =>
        new(entry.Session, entry.Line, withOutput ? new JsonArray(entry.Input, entry.Output) : entry.Input);
}
