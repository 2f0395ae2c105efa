// Messaging spec, "Messages on the IOPub (PUB/SUB) channel".
using System.Text;
using Notebook.Jupyter.Protocol;
using Notebook.Jupyter.Protocol.Messages;
using Notebook.Jupyter.Transport;

namespace Notebook.Jupyter.Kernel;

/// <summary>
/// Publishes to every front end, from any thread and in the order of the calls. Console text is gathered and sent at most
/// some 20 times a second, and always before whatever is published after it.
/// </summary>
internal sealed class IoPub : IDisposable
{
    private const int LongestBatch = 1 << 16;
    private static readonly TimeSpan BatchTime = TimeSpan.FromMilliseconds(50);

    private readonly Channel channel;
    private readonly MessageFormat format;
    private readonly Lock gate = new();
    private readonly StringBuilder batch = new();
    private readonly Timer timer;
    private byte[] batchParent = MessageFormat.NoParent;
    private string batchName = "";
    private long batchBegan;

    /// <summary>Listens at once; publishes after <see cref="Start"/>.</summary>
    /// <exception cref="CommandException">The address is taken, or is not this machine's.</exception>
    public IoPub(ZmqContext context, string endpoint, KernelLog log, MessageFormat format)
    {
        this.format = format;
        channel = new Channel(
            context,
            "iopub",
            ZmqSocketType.XPub,
            endpoint,
            log.Write,
            (_, frames) => Welcome(frames[0])
        );
        timer = new Timer(_ => Flush(), state: null, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Begins to publish.</summary>
    public void Start() => channel.Start();

    /// <summary>Publishes a message.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="parentHeader">The header of the request that caused it.</param>
    /// <param name="content">One of the records of <c>Messages/</c>.</param>
    /// <param name="buffers">Binary attachments; null for none.</param>
    public void Publish(string type, byte[] parentHeader, object content, IReadOnlyList<byte[]>? buffers = null)
    {
        lock (gate)
        {
            Flush();
            Send(type, parentHeader, content, buffers);
        }
    }

    /// <summary>Adds console text to the batch.</summary>
    /// <param name="name"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="parentHeader">The header of the request that caused it.</param>
    /// <param name="text">The text.</param>
    public void Stream(string name, byte[] parentHeader, string text)
    {
        lock (gate)
        {
            if (batch.Length > 0 && (name != batchName || parentHeader != batchParent))
            {
                Flush();
            }

            if (batch.Length == 0)
            {
                (batchName, batchParent) = (name, parentHeader);
                batchBegan = Environment.TickCount64;
                timer.Change(BatchTime, Timeout.InfiniteTimeSpan);
            }

            batch.Append(text);

            // The timer needs a pool thread, which a cell that computes on all of them leaves it none.
            if (batch.Length >= LongestBatch || Environment.TickCount64 - batchBegan >= BatchTime.TotalMilliseconds)
            {
                Flush();
            }
        }
    }

    /// <summary>Sends the console text that is gathered.</summary>
    public void Flush()
    {
        lock (gate)
        {
            if (batch.Length > 0)
            {
                var text = batch.ToString();
                batch.Clear();
                Send("stream", batchParent, new StreamText(batchName, text));
            }
        }
    }

    /// <summary>Sends what is gathered and closes the socket.</summary>
    public void Dispose()
    {
        timer.Dispose();
        Flush();
        channel.Dispose();
    }

    /// <summary>Tells a new subscriber that what is published from now on reaches it (<c>iopub_welcome</c>, since 5.4).</summary>
    /// <param name="subscription">ZeroMQ's notice: 1 to subscribe or 0 to leave, then the topic.</param>
    private void Welcome(byte[] subscription)
    {
        if (subscription is [1, .. var topic])
        {
            var content = new IoPubWelcome(Encoding.UTF8.GetString(topic));
            channel.Send(format.Encode([topic], "iopub_welcome", MessageFormat.NoParent, content));
        }
    }

    private void Send(string type, byte[] parentHeader, object content, IReadOnlyList<byte[]>? buffers = null)
    {
        var topic = Encoding.ASCII.GetBytes($"kernel.{format.Session}.{type}");
        channel.Send(format.Encode([topic], type, parentHeader, content, buffers: buffers));
    }
}
