// Messaging spec, "Messages on the IOPub (PUB/SUB) channel": what a cell emits, as messages.
using System.Text.Json.Nodes;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Protocol.Messages;
using Notebook.Outputs;

namespace Notebook.Jupyter.Handlers;

/// <summary>Publishes the outputs of a cell.</summary>
internal static class OutputMessages
{
    /// <summary>Publishes one output as the message of its kind.</summary>
    /// <param name="request">The request that runs the cell.</param>
    /// <param name="output">What the cell emitted.</param>
    /// <param name="executionCount">The number of the execution, shown with its result.</param>
    public static void Publish(Request request, Output output, int executionCount)
    {
        switch (output)
        {
            case StreamOutput stream:
                request.PublishStream(stream.Name, stream.Text);
                break;
            case DisplayOutput display:
                request.Publish("display_data", Content(display.Data, display.Metadata, display.DisplayId));
                break;
            case DisplayUpdate update:
                request.Publish("update_display_data", Content(update.Data, update.Metadata, update.DisplayId));
                break;
            case ResultOutput result:
                request.Publish("execute_result", new ExecuteResult(executionCount, result.Data.ToJson(), []));
                break;
            case ErrorOutput error:
                request.Publish("error", new ErrorContent(error.Name, error.Value, Traceback.Coloured(error)));
                break;
            case ClearOutput clear:
                request.Publish("clear_output", new ClearOutputContent(clear.Wait));
                break;
            default:
                throw new ArgumentException($"{output.GetType().Name} has no message in the protocol.", nameof(output));
        }
    }

    private static DisplayData Content(MimeBundle data, JsonObject? metadata, string? displayId)
    {
        var transient = displayId is null ? [] : new JsonObject { ["display_id"] = displayId };
        return new DisplayData(data.ToJson(), metadata ?? [], transient);
    }
}
