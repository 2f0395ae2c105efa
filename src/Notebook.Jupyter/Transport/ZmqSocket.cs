using System.Runtime.InteropServices;

namespace Notebook.Jupyter.Transport;

/// <summary>
/// One libzmq socket. It may move from thread to thread, but two threads must never use it at once: see
/// <see cref="Channel"/>.
/// </summary>
internal sealed class ZmqSocket : IDisposable
{
    private const int SendMore = 2;
    private const int DontWait = 1;
    private const short PollIn = 1;

    private nint handle;

    internal ZmqSocket(nint handle) => this.handle = handle;

    /// <summary>Sets an option that takes a number.</summary>
    public void Set(ZmqOption option, int value) =>
        Check(LibZmq.zmq_setsockopt(handle, (int)option, ref value, sizeof(int)), $"Setting {option} to {value}");

    /// <summary>Sets an option that takes a 64-bit number.</summary>
    public void Set(ZmqOption option, long value) => Set(option, BitConverter.GetBytes(value));

    /// <summary>Sets an option that takes bytes.</summary>
    public void Set(ZmqOption option, byte[] value) =>
        Check(LibZmq.zmq_setsockopt(handle, (int)option, value, (nuint)value.Length), $"Setting {option}");

    /// <summary>Listens on an address such as <c>tcp://127.0.0.1:5555</c> or <c>ipc:///run/kernel-1</c>.</summary>
    /// <exception cref="ZmqException">The address is taken, or is not this machine's.</exception>
    public void Bind(string endpoint) => Check(LibZmq.zmq_bind(handle, endpoint), $"Listening on {endpoint}");

    /// <summary>Connects to an address; libzmq does so in its own time and again when the peer is lost.</summary>
    public void Connect(string endpoint) => Check(LibZmq.zmq_connect(handle, endpoint), $"Connecting to {endpoint}");

    /// <summary>Sends a message of one frame or more: all of it or none.</summary>
    public void Send(IReadOnlyList<byte[]> frames)
    {
        for (var i = 0; i < frames.Count; i++)
        {
            var flags = i < frames.Count - 1 ? SendMore : 0;
            while (LibZmq.zmq_send(handle, frames[i], (nuint)frames[i].Length, flags) < 0)
            {
                ThrowUnlessInterrupted("Sending a message");
            }
        }
    }

    /// <summary>Waits for a message, as long as <see cref="ZmqOption.ReceiveTimeout"/> says.</summary>
    /// <returns>The frames, or null when the time was over.</returns>
    public List<byte[]>? Receive() => Receive(flags: 0);

    /// <summary>Takes a message that is already there.</summary>
    /// <returns>The frames, or null when there is none.</returns>
    public List<byte[]>? TryReceive() => Receive(DontWait);

    /// <summary>Waits until one of two sockets has a message.</summary>
    /// <returns>Which of them have.</returns>
    public static (bool First, bool Second) Poll(ZmqSocket first, ZmqSocket second)
    {
        var items = new LibZmq.PollItem[]
        {
            new() { Socket = first.handle, Events = PollIn },
            new() { Socket = second.handle, Events = PollIn },
        };
        while (LibZmq.zmq_poll(items, items.Length, timeout: -1) < 0)
        {
            ThrowUnlessInterrupted("Waiting for a message");
        }

        return (items[0].Ready != 0, items[1].Ready != 0);
    }

    /// <summary>Closes the socket; libzmq goes on sending what is queued for the linger time.</summary>
    public void Dispose()
    {
        var closing = Interlocked.Exchange(ref handle, 0);
        if (closing != 0)
        {
            _ = LibZmq.zmq_close(closing);
        }
    }

    private static void Check(int result, string doing)
    {
        if (result != 0)
        {
            throw LibZmq.Failure(doing);
        }
    }

    // The runtime signals its own threads, for garbage collection among others, and libzmq then gives up the wait.
    private static void ThrowUnlessInterrupted(string doing)
    {
        if (Marshal.GetLastPInvokeError() != LibZmq.Interrupted)
        {
            throw LibZmq.Failure(doing);
        }
    }

    private List<byte[]>? Receive(int flags)
    {
        List<byte[]>? frames = null;
        bool more;
        do
        {
            var message = default(LibZmq.NativeMessage);
            _ = LibZmq.zmq_msg_init(ref message);
            while (LibZmq.zmq_msg_recv(ref message, handle, flags) < 0)
            {
                if (Marshal.GetLastPInvokeError() == LibZmq.TryAgain)
                {
                    return null;
                }

                ThrowUnlessInterrupted("Receiving a message");
            }

            var frame = new byte[checked((int)LibZmq.zmq_msg_size(ref message))];
            Marshal.Copy(LibZmq.zmq_msg_data(ref message), frame, 0, frame.Length);
            more = LibZmq.zmq_msg_more(ref message) != 0;
            _ = LibZmq.zmq_msg_close(ref message);
            (frames ??= []).Add(frame);
        } while (more);

        return frames;
    }
}
