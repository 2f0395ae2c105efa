// Messaging spec, "Request-Reply": a reply goes to who asked, with the request's header as its parent.
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Transport;

namespace Notebook.Jupyter.Kernel;

/// <summary>A message that came in, and the ways to answer it.</summary>
internal sealed class Request(Message message, Channel channel, IoPub iopub, MessageFormat format)
{
    private static readonly AsyncLocal<Request?> Flowing = new();

    /// <summary>The request on whose behalf the caller runs; it flows into the tasks and threads that it starts.</summary>
    public static Request? Current
    {
        get => Flowing.Value;
        set => Flowing.Value = value;
    }

    /// <summary>The message.</summary>
    public Message Message { get; } = message;

    /// <summary>Its type, for example <c>execute_request</c>.</summary>
    public string Type => Message.Header.MsgType;

    /// <summary>The subshell that it is for; null for the main shell.</summary>
    public string? SubshellId => Message.Header.SubshellId;

    /// <summary>What runs in the queue that it waited in.</summary>
    public RunningCell Running =>
        Queue?.Running ?? throw new InvalidOperationException("The request has not been posted.");

    /// <summary>Whether a reply was sent.</summary>
    public bool Replied { get; private set; }

    /// <summary>The queue it waited in; set when it is posted.</summary>
    public RequestQueue? Queue { get; set; }

    /// <summary>Its place in the queue's order of arrival, from 1.</summary>
    public long Number { get; set; }

    /// <summary>Whether a request before it failed and asked for those that waited not to be carried out.</summary>
    public bool IsAborted => Queue?.IsAborted(this) ?? false;

    /// <summary>The content as the record of its type.</summary>
    /// <exception cref="JsonException">A member is missing, or is not what the specification says.</exception>
    public T Content<T>(JsonTypeInfo<T> type) =>
        Message.Content.Deserialize(type) ?? throw new JsonException("the content is null");

    /// <summary>Answers with the reply type that belongs to the request's type.</summary>
    /// <param name="content">One of the records of <c>Messages/</c>.</param>
    /// <param name="metadata">A record likewise; null for none.</param>
    public void Reply(object content, object? metadata = null)
    {
        Replied = true;
        channel.Send(format.Encode(Message.Identities, ReplyType, Message.HeaderFrame, content, metadata));
    }

    /// <summary>Sends something on another channel to who sent this.</summary>
    public void SendOn(Channel other, string type, object content, string id) =>
        other.Send(format.Encode(Message.Identities, type, Message.HeaderFrame, content, id: id));

    /// <summary>Publishes something that this request caused.</summary>
    public void Publish(string type, object content) => iopub.Publish(type, Message.HeaderFrame, content);

    /// <summary>Publishes console text that this request caused.</summary>
    public void PublishStream(string name, string text) => iopub.Stream(name, Message.HeaderFrame, text);

    /// <summary>Whether the type asks for a reply at all; <c>comm_msg</c> for one does not.</summary>
    public bool WantsReply => Type.EndsWith("_request", StringComparison.Ordinal);

    private string ReplyType => Type.Replace("_request", "_reply", StringComparison.Ordinal);
}
