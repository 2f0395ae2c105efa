namespace Notebook.Jupyter.Transport;

/// <summary>The socket options in use, with the values of <c>zmq.h</c>.</summary>
internal enum ZmqOption
{
    /// <summary>What a router knows the socket by; bytes.</summary>
    RoutingId = 5,

    /// <summary>A topic prefix to receive; bytes.</summary>
    Subscribe = 6,

    /// <summary>How long a closed socket keeps what it could not send yet, in milliseconds.</summary>
    Linger = 17,

    /// <summary>The largest frame accepted, in bytes; who sends a larger one is disconnected. A 64-bit number.</summary>
    MaxMessageSize = 22,

    /// <summary>How many messages wait for a slow peer before more are dropped; 0 for no limit.</summary>
    SendHighWaterMark = 23,

    /// <summary>How long a receive waits, in milliseconds; -1 for ever.</summary>
    ReceiveTimeout = 27,

    /// <summary>1 to queue only on connections that are complete.</summary>
    Immediate = 39,

    /// <summary>1 to hear of every subscription, not only of the first to a topic.</summary>
    XPubVerbose = 40,

    /// <summary>1 to let a client that reconnects take over its old identity.</summary>
    RouterHandover = 56,
}
