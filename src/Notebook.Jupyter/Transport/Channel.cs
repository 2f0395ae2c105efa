// Messaging spec, "Introduction": the sockets between a kernel and its front ends.
using System.Collections.Concurrent;

namespace Notebook.Jupyter.Transport;

/// <summary>
/// A listening socket and the one thread that owns it. Messages to send may come from any thread; they leave in the order in
/// which <see cref="Send"/> was called. What comes in is handed over on the channel's thread, which must not be kept waiting.
/// </summary>
internal sealed class Channel : IDisposable
{
    // What a client that went away leaves unsent does not hold up the end of the process for longer.
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(1);

    // Beyond any widget's upload, and within what an array holds: an unsigned gigabyte must not end the kernel.
    private const long LargestFrame = 1L << 30;

    private readonly ConcurrentQueue<IReadOnlyList<byte[]>> outbox = new();
    private readonly Action<Channel, List<byte[]>> received;
    private readonly Action<string> log;
    private readonly ZmqSocket socket;
    private readonly ZmqSocket wakeReceiver;
    private readonly ZmqSocket wakeSender;
    private readonly Lock wakeGate = new();
    private readonly Thread thread;
    private int signalled;
    private volatile bool closing;
    private bool disposed;

    /// <summary>Listens at once; messages flow after <see cref="Start"/>.</summary>
    /// <param name="context">Where the socket lives; disposed after its channels.</param>
    /// <param name="name">For the thread and the log.</param>
    /// <param name="type">Router, XPub or Rep.</param>
    /// <param name="endpoint">The address, from the connection file.</param>
    /// <param name="log">Gets a sentence of each failure.</param>
    /// <param name="received">Gets each message's frames.</param>
    /// <exception cref="CommandException">The address is taken, or is not this machine's.</exception>
    public Channel(
        ZmqContext context,
        string name,
        ZmqSocketType type,
        string endpoint,
        Action<string> log,
        Action<Channel, List<byte[]>> received
    )
    {
        Name = name;
        this.log = log;
        this.received = received;
        socket = Listen(context, type, endpoint);
        (wakeSender, wakeReceiver) = (
            context.CreateSocket(ZmqSocketType.Pair),
            context.CreateSocket(ZmqSocketType.Pair)
        );
        var wake = $"inproc://wake-{Guid.NewGuid():N}";
        wakeReceiver.Bind(wake);
        wakeSender.Connect(wake);
        thread = new Thread(Run) { Name = $"jupyter {name}", IsBackground = true };
    }

    /// <summary>The channel's name in the specification, for example <c>shell</c>.</summary>
    public string Name { get; }

    /// <summary>Begins to receive and send.</summary>
    public void Start() => thread.Start();

    /// <summary>Queues a message. After <see cref="Dispose"/> it does nothing: there is nobody left to tell.</summary>
    public void Send(IReadOnlyList<byte[]> frames)
    {
        outbox.Enqueue(frames);
        Wake();
    }

    /// <summary>Sends what is queued and closes the socket.</summary>
    public void Dispose()
    {
        closing = true;
        Wake();
        if (thread.IsAlive)
        {
            thread.Join();
        }

        lock (wakeGate)
        {
            disposed = true;
            wakeSender.Dispose();
        }

        wakeReceiver.Dispose();
        socket.Dispose();
    }

    private static ZmqSocket Listen(ZmqContext context, ZmqSocketType type, string endpoint)
    {
        var socket = context.CreateSocket(type);
        try
        {
            socket.Set(ZmqOption.Linger, (int)Linger.TotalMilliseconds);
            socket.Set(ZmqOption.MaxMessageSize, LargestFrame);
            if (type == ZmqSocketType.Router)
            {
                socket.Set(ZmqOption.RouterHandover, 1);
            }
            else if (type == ZmqSocketType.XPub)
            {
                // A dropped "idle" leaves a front end waiting for ever, so nothing is dropped.
                socket.Set(ZmqOption.SendHighWaterMark, 0);
                socket.Set(ZmqOption.XPubVerbose, 1);
            }

            socket.Bind(endpoint);
            return socket;
        }
        catch (ZmqException exception)
        {
            socket.Dispose();
            throw new CommandException(
                $"{exception.Message}. Another program may use the address; start the kernel again with a new connection file.",
                exception
            );
        }
    }

    private void Wake()
    {
        // One signal is enough however many messages wait, and more would fill the pair and block.
        if (Interlocked.Exchange(ref signalled, 1) != 0)
        {
            return;
        }

        lock (wakeGate)
        {
            if (!disposed)
            {
                wakeSender.Send([
                    [],
                ]);
            }
        }
    }

    private void Run()
    {
        while (true)
        {
            // Read before the outbox is emptied: what was queued before closing still leaves.
            var last = closing;
            SendQueued();
            if (last)
            {
                return;
            }

            var (incoming, woken) = ZmqSocket.Poll(socket, wakeReceiver);
            if (woken)
            {
                _ = wakeReceiver.TryReceive();
                Interlocked.Exchange(ref signalled, 0);
            }

            if (incoming && socket.TryReceive() is { } frames)
            {
                HandOver(frames);
            }
        }
    }

    private void SendQueued()
    {
        while (outbox.TryDequeue(out var frames))
        {
            try
            {
                socket.Send(frames);
            }
            catch (ZmqException exception)
            {
                log($"A message on {Name} was lost. {exception.Message}.");
            }
        }
    }

    private void HandOver(List<byte[]> frames)
    {
        try
        {
            received(this, frames);
        }
        catch (Exception exception)
        {
            log($"A message on {Name} was dropped: {exception.Message}");
        }
    }
}
