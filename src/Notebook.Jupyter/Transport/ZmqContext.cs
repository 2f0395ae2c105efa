namespace Notebook.Jupyter.Transport;

/// <summary>libzmq's context: the I/O thread behind a set of sockets. Safe to share between threads; its sockets are not.</summary>
internal sealed class ZmqContext : IDisposable
{
    private nint handle;

    /// <exception cref="CommandException">libzmq is not installed.</exception>
    public ZmqContext()
    {
        LibZmq.EnsureLoaded();
        handle = LibZmq.zmq_ctx_new();
        if (handle == 0)
        {
            throw LibZmq.Failure("Creating a ZeroMQ context");
        }
    }

    /// <summary>Creates a socket, to be used and disposed by one thread at a time.</summary>
    public ZmqSocket CreateSocket(ZmqSocketType type)
    {
        var socket = LibZmq.zmq_socket(handle, (int)type);
        return socket != 0 ? new ZmqSocket(socket) : throw LibZmq.Failure($"Creating a {type} socket");
    }

    /// <summary>Waits until each closed socket has sent what it had, or its linger time is over. Open sockets would make it wait for ever.</summary>
    public void Dispose()
    {
        var closing = Interlocked.Exchange(ref handle, 0);
        while (closing != 0 && LibZmq.zmq_ctx_term(closing) != 0)
        {
            if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != LibZmq.Interrupted)
            {
                return;
            }
        }
    }
}
