// The few functions of libzmq's C interface that a kernel needs (api.zeromq.org, 4.3), by P/Invoke.
using System.Reflection;
using System.Runtime.InteropServices;

namespace Notebook.Jupyter.Transport;

/// <summary>The C interface, as it is. Everything above <see cref="ZmqSocket"/> stays away from it.</summary>
internal static class LibZmq
{
    private const string Library = "zmq";

    /// <summary><c>EINTR</c>.</summary>
    public const int Interrupted = 4;

    /// <summary><c>EAGAIN</c>.</summary>
    public static readonly int TryAgain = OperatingSystem.IsMacOS() ? 35 : 11;

    private static readonly string[] Names =
    [
        "libzmq.so.5",
        "libzmq.so",
        "libzmq.5.dylib",
        "libzmq.dylib",
        "/opt/homebrew/lib/libzmq.dylib",
    ];

    private static readonly Lazy<nint> Handle = new(() => Load(Names));

    static LibZmq() => NativeLibrary.SetDllImportResolver(typeof(LibZmq).Assembly, Resolve);

    /// <summary>Loads the first library of a list that the system has.</summary>
    /// <exception cref="CommandException">It has none of them.</exception>
    internal static nint Load(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (NativeLibrary.TryLoad(name, out var handle))
            {
                return handle;
            }
        }

        throw new CommandException(
            $"The Jupyter kernel needs the ZeroMQ library, but {names[0]} is not on this machine: "
                + "install the package libzmq5 (sudo apt-get install libzmq5; on macOS brew install zeromq)."
        );
    }

    /// <summary>Loads the library, so that a missing one is told before anything has begun.</summary>
    /// <exception cref="CommandException">It is not installed.</exception>
    public static void EnsureLoaded() => _ = Handle.Value;

    /// <summary>The reason of the call that just failed on this thread, in libzmq's words.</summary>
    public static ZmqException Failure(string doing)
    {
        var error = Marshal.GetLastPInvokeError();
        return new ZmqException($"{doing}: {Marshal.PtrToStringUTF8(zmq_strerror(error))}", error);
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        name == Library ? Handle.Value : 0;

#pragma warning disable IDE1006 // The names are libzmq's.
    [DllImport(Library, SetLastError = true)]
    public static extern nint zmq_ctx_new();

    [DllImport(Library, SetLastError = true)]
    public static extern int zmq_ctx_term(nint context);

    [DllImport(Library, SetLastError = true)]
    public static extern nint zmq_socket(nint context, int type);

    [DllImport(Library, SetLastError = true)]
    public static extern int zmq_close(nint socket);

    [DllImport(Library, SetLastError = true)]
    public static extern int zmq_bind(nint socket, [MarshalAs(UnmanagedType.LPUTF8Str)] string endpoint);

    [DllImport(Library, SetLastError = true)]
    public static extern int zmq_connect(nint socket, [MarshalAs(UnmanagedType.LPUTF8Str)] string endpoint);

    [DllImport(Library, SetLastError = true)]
    public static extern int zmq_setsockopt(nint socket, int option, ref int value, nuint size);

    [DllImport(Library, SetLastError = true)]
    public static extern int zmq_setsockopt(nint socket, int option, byte[] value, nuint size);

    [DllImport(Library, SetLastError = true)]
    public static extern int zmq_send(nint socket, byte[] data, nuint size, int flags);

    [DllImport(Library, SetLastError = true)]
    public static extern int zmq_msg_init(ref NativeMessage message);

    [DllImport(Library, SetLastError = true)]
    public static extern int zmq_msg_recv(ref NativeMessage message, nint socket, int flags);

    [DllImport(Library)]
    public static extern nint zmq_msg_data(ref NativeMessage message);

    [DllImport(Library)]
    public static extern nuint zmq_msg_size(ref NativeMessage message);

    [DllImport(Library)]
    public static extern int zmq_msg_more(ref NativeMessage message);

    [DllImport(Library)]
    public static extern int zmq_msg_close(ref NativeMessage message);

    [DllImport(Library, SetLastError = true)]
    public static extern int zmq_poll([In, Out] PollItem[] items, int count, nint timeout);

    [DllImport(Library)]
    private static extern nint zmq_strerror(int error);
#pragma warning restore IDE1006

    /// <summary><c>zmq_msg_t</c>: 64 opaque bytes, which may hold the data of a short frame themselves.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    public struct NativeMessage
    {
        private readonly nint opaque;
    }

    /// <summary><c>zmq_pollitem_t</c>, with the file descriptor of a POSIX system.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollItem
    {
        public nint Socket;
        public int FileDescriptor;
        public short Events;
        public short Ready;
    }
}
