// Messaging spec, "Completion", "Introspection" and "Code completeness": what the notebook's language service knows.
using Markdig;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;
using Notebook.Language;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>complete_request</c>.</summary>
internal sealed class CompleteHandler(ILanguageService language) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "complete_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var (code, cursor) = request.Content(ProtocolJson.Shared.CompleteRequest);
        var found = language.Complete(code, CodePoints.ToUtf16(code, cursor ?? code.Length));
        var (start, end) = (CodePoints.FromUtf16(code, found.Start), CodePoints.FromUtf16(code, found.End));
        request.Reply(
            new CompleteReply(
                [.. found.Items.Select(item => item.Text)],
                start,
                end,
                new CompletionMetadata([
                    .. found.Items.Select(item => new TypedMatch(start, end, item.Text, item.Kind)),
                ])
            )
        );
        return Task.CompletedTask;
    }
}

/// <summary><c>inspect_request</c>.</summary>
internal sealed class InspectHandler(ILanguageService language) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "inspect_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var (code, cursor, detail) = request.Content(ProtocolJson.Shared.InspectRequest);
        var markdown = language.Inspect(code, CodePoints.ToUtf16(code, cursor ?? code.Length), detail);
        request.Reply(
            markdown is null
                ? new InspectReply(false, [], [])
                : new InspectReply(
                    true,
                    new() { ["text/markdown"] = markdown, ["text/plain"] = Markdown.ToPlainText(markdown).Trim() },
                    []
                )
        );
        return Task.CompletedTask;
    }
}

/// <summary><c>is_complete_request</c>: whether Enter runs the code or begins a new line.</summary>
internal sealed class IsCompleteHandler(ILanguageService language) : IRequestHandler
{
    /// <inheritdoc/>
    public string Type => "is_complete_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        var judged = language.IsComplete(request.Content(ProtocolJson.Shared.IsCompleteRequest).Code);
        request.Reply(
            judged.Status switch
            {
                CompletenessStatus.Complete => new IsCompleteReply("complete"),
                CompletenessStatus.Incomplete => new IsCompleteReply("incomplete", judged.Indent),
                _ => new IsCompleteReply("invalid"),
            }
        );
        return Task.CompletedTask;
    }
}
