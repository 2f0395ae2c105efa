// Messaging spec, "Request-Reply" and "Kernel status": busy, the request's effects, its reply, idle.
using System.Text.Json;
using Notebook.Jupyter.Protocol.Messages;

namespace Notebook.Jupyter.Kernel;

/// <summary>Finds the handler of a request and frames its work with busy and idle. It never throws.</summary>
internal sealed class Dispatcher(KernelLog log, params IReadOnlyList<IRequestHandler> handlers)
{
    private readonly Dictionary<string, IRequestHandler> byType = handlers.ToDictionary(handler => handler.Type);

    /// <summary>Carries out one request.</summary>
    public void Dispatch(Request request)
    {
        Request.Current = request;
        request.Publish("status", new StatusContent("busy"));
        try
        {
            if (byType.TryGetValue(request.Type, out var handler))
            {
                handler.HandleAsync(request).GetAwaiter().GetResult();
            }
            else
            {
                log.Write($"A message of type {request.Type} was ignored: this kernel does not know it.");
            }
        }
        catch (Exception exception)
        {
            Fail(request, exception);
        }
        finally
        {
            request.Publish("status", new StatusContent("idle"));
            Request.Current = null;
        }
    }

    /// <summary>Answers a request with an error instead of carrying it out.</summary>
    public void Refuse(Request request, string name, string sentence)
    {
        request.Publish("status", new StatusContent("busy"));
        if (request.WantsReply)
        {
            request.Reply(new ErrorReply(name, sentence, [sentence]));
        }

        log.Write($"A message of type {request.Type} was refused: {sentence}");
        request.Publish("status", new StatusContent("idle"));
    }

    private void Fail(Request request, Exception exception)
    {
        log.Write($"{request.Type} failed: {exception}");
        if (request.WantsReply && !request.Replied)
        {
            // JsonElement reports text that is not Unicode, such as half a surrogate pair, as an invalid operation.
            var name = exception is JsonException or InvalidOperationException
                ? "ProtocolError"
                : exception.GetType().Name;
            var sentence = $"The {request.Type} could not be answered: {exception.Message}";
            request.Reply(new ErrorReply(name, sentence, [sentence]));
        }
    }
}
