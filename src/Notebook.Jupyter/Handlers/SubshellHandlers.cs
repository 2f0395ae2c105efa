// Messaging spec, "Kernel subshells" (Jupyter Enhancement Proposal 91).
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>create_subshell_request</c>.</summary>
internal sealed class CreateSubshellHandler(Subshells subshells) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "create_subshell_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        request.Reply(new CreateSubshellReply(subshells.Create()));
        return Task.CompletedTask;
    }
}

/// <summary><c>delete_subshell_request</c>: what the subshell runs is interrupted.</summary>
internal sealed class DeleteSubshellHandler(Subshells subshells, TimeSpan cellStopTime) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "delete_subshell_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var id = request.Content(ProtocolJson.Shared.DeleteSubshellRequest).SubshellId;
        if (subshells.Delete(id, cellStopTime))
        {
            request.Reply(StatusOnly.Ok);
        }
        else
        {
            var sentence = $"There is no subshell '{id}' to delete.";
            request.Reply(new ErrorReply("UnknownSubshell", sentence, [sentence]));
        }

        return Task.CompletedTask;
    }
}

/// <summary><c>list_subshell_request</c>.</summary>
internal sealed class ListSubshellHandler(Subshells subshells) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "list_subshell_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        request.Reply(new ListSubshellReply(subshells.Ids));
        return Task.CompletedTask;
    }
}
