// Messaging spec, "Execute".
using System.Globalization;
using System.Text.Json.Nodes;
using Notebook.Jupyter.History;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;
using Notebook.Outputs;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>execute_request</c>: runs a cell, publishes what it emits and says how it ended.</summary>
/// <param name="host">Runs the cells.</param>
/// <param name="history">Gets the cells that are counted.</param>
/// <param name="ask">Asks the front end that sent a request.</param>
internal sealed class ExecuteHandler(
    NotebookHost host,
    CellHistory history,
    Func<Request, InputQuestion, CancellationToken, string> ask
) : IRequestHandler
{
    // A front end that runs several cells sends one request after the other. Those on their way when the first one
    // fails are given this time to arrive, so that they are aborted like those that have.
    private static readonly TimeSpan AbortGrace = TimeSpan.FromMilliseconds(10);

    private int executionCount;

    /// <inheritdoc/>
    public string Type => "execute_request";

    /// <inheritdoc/>
    public async Task HandleAsync(Request request)
    {
        if (request.IsAborted)
        {
            request.Reply(StatusOnly.Aborted);
            return;
        }

        var execute = request.Content(ProtocolJson.Shared.ExecuteRequest);
        var started = new ExecuteReplyMetadata(DateTime.UtcNow.ToString("O", CultureInfo.InvariantCulture));
        var count = Count(execute);
        // What is too long to be run is too long to be shown again.
        if (!execute.Silent && !IsTooLong(execute))
        {
            request.Publish("execute_input", new ExecuteInput(execute.Code, count));
        }

        var error = await RunAsync(request, execute, execute.Code, Sink(request, execute, count)).ConfigureAwait(false);
        if (error is null)
        {
            var expressions = await EvaluateAsync(request, execute, count).ConfigureAwait(false);
            request.Reply(new ExecuteReply(count, expressions), started);
            return;
        }

        if (execute.StopOnError)
        {
            await Task.Delay(AbortGrace).ConfigureAwait(false);
            request.Queue?.AbortWaiting();
        }

        request.Reply(new ExecuteReplyError(count, error.Name, error.Value, Traceback.Coloured(error)), started);
    }

    private Action<Output> Sink(Request request, ExecuteRequest execute, int count) =>
        execute.Silent
            ? _ => { }
            : output =>
            {
                OutputMessages.Publish(request, output, count);
                if (output is ResultOutput result && Counts(execute) && result.Data.TryGet("text/plain", out var text))
                {
                    history.AddOutput(count, text);
                }
            };

    // "silent=True forces store_history to be False", and an empty cell is no execution.
    private static bool Counts(ExecuteRequest execute) =>
        !execute.Silent && (execute.StoreHistory ?? true) && !string.IsNullOrWhiteSpace(execute.Code);

    private static bool IsTooLong(ExecuteRequest execute) => execute.Code.Length > NotebookHost.LongestCell;

    private int Count(ExecuteRequest execute)
    {
        if (!Counts(execute))
        {
            return Volatile.Read(ref executionCount);
        }

        var count = Interlocked.Increment(ref executionCount);
        if (!IsTooLong(execute))
        {
            history.Add(count, execute.Code);
        }

        return count;
    }

    private async Task<ErrorOutput?> RunAsync(Request request, ExecuteRequest execute, string code, Action<Output> sink)
    {
        if (string.IsNullOrWhiteSpace(code))
        {
            return null;
        }

        Func<InputQuestion, CancellationToken, string>? asking = execute.AllowStdin
            ? (question, token) => ask(request, question, token)
            : null;
        var result = await request
            .Running.RunAsync(token =>
                request.SubshellId is null
                    ? host.ExecuteAsync(code, sink, token, asking)
                    : host.ExecuteInSubshellAsync(code, sink, token, asking)
            )
            .ConfigureAwait(false);
        return result.Error;
    }

    private async Task<JsonObject> EvaluateAsync(Request request, ExecuteRequest execute, int count)
    {
        var values = new JsonObject();
        foreach (var (name, expression) in execute.UserExpressions ?? [])
        {
            var data = new JsonObject();
            var others = Sink(request, execute, count);
            var error = await RunAsync(
                    request,
                    execute,
                    expression,
                    output =>
                    {
                        switch (output)
                        {
                            case ResultOutput result:
                                data = result.Data.ToJson();
                                break;
                            case not ErrorOutput:
                                others(output);
                                break;
                        }
                    }
                )
                .ConfigureAwait(false);
            values[name] = JsonNode.Parse(
                ProtocolJson.Write(
                    error is null
                        ? new ExpressionResult(data, [])
                        : new ExpressionError(error.Name, error.Value, Traceback.Coloured(error))
                )
            );
        }

        return values;
    }
}
