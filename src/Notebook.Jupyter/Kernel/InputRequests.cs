// Messaging spec, "Messages on the stdin (ROUTER/DEALER) channel": here the kernel asks and the front end answers.
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;
using Notebook.Jupyter.Transport;
using Notebook.Outputs;

namespace Notebook.Jupyter.Kernel;

/// <summary>The questions that wait for an answer. Safe to use from several threads.</summary>
internal sealed class InputRequests(IoPub iopub, KernelLog log)
{
    private readonly Lock gate = new();
    private readonly List<Waiting> waiting = [];

    /// <summary>Asks the front end that sent a request, and waits.</summary>
    /// <param name="stdin">The channel to ask on.</param>
    /// <param name="request">The request that runs the cell.</param>
    /// <param name="question">What to ask.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    public string Ask(Channel stdin, Request request, InputQuestion question, CancellationToken cancellation)
    {
        // A prompt that the cell wrote to the console should stand there first.
        iopub.Flush();
        var mine = new Waiting(Guid.NewGuid().ToString(), request.Message.Identities);
        lock (gate)
        {
            waiting.Add(mine);
        }

        try
        {
            request.SendOn(stdin, "input_request", new InputRequest(question.Prompt, question.IsPassword), mine.Id);
            mine.Answer.Task.Wait(cancellation);
            return mine.Answer.Task.Result;
        }
        finally
        {
            lock (gate)
            {
                waiting.Remove(mine);
            }
        }
    }

    /// <summary>Takes a message of the stdin channel.</summary>
    public void Receive(Request message)
    {
        if (message.Type != "input_reply")
        {
            log.Write($"A message of type {message.Type} on stdin was ignored: only input_reply belongs there.");
            return;
        }

        var value = message.Content(ProtocolJson.Shared.InputReply).Value;
        lock (gate)
        {
            if (Find(message) is { } answered)
            {
                waiting.Remove(answered);
                answered.Answer.TrySetResult(value);
                return;
            }
        }

        log.Write("An input_reply on stdin was ignored: nothing waits for it.");
    }

    /// <summary>The question that a reply names as its parent; where it names none, as older clients do, the client's oldest.</summary>
    private Waiting? Find(Message reply, string? parent) =>
        parent is not null
            ? waiting.Find(each => each.Id == parent)
            : waiting.Find(each => SameClient(each.Client, reply.Identities));

    private Waiting? Find(Request reply) => Find(reply.Message, ParentId(reply.Message));

    private static string? ParentId(Message message) =>
        message.ParentHeader.TryGetProperty("msg_id", out var id)
        && id.ValueKind == System.Text.Json.JsonValueKind.String
            ? id.GetString()
            : null;

    private static bool SameClient(IReadOnlyList<byte[]> left, IReadOnlyList<byte[]> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));

    private sealed record Waiting(string Id, IReadOnlyList<byte[]> Client)
    {
        public TaskCompletionSource<string> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
