namespace Notebook.Jupyter.Transport;

/// <summary>The ZeroMQ patterns that the Jupyter protocol uses, with the values of <c>zmq.h</c>.</summary>
internal enum ZmqSocketType
{
    /// <summary>Exactly one peer; within a process it wakes a thread that polls.</summary>
    Pair = 0,

    /// <summary>A client of <see cref="XPub"/>.</summary>
    Sub = 2,

    /// <summary>A client of <see cref="Rep"/>.</summary>
    Req = 3,

    /// <summary>Answers each request: the heartbeat.</summary>
    Rep = 4,

    /// <summary>A client of <see cref="Router"/>.</summary>
    Dealer = 5,

    /// <summary>Tells its clients apart by an identity frame: shell, control and stdin.</summary>
    Router = 6,

    /// <summary>Publishes, and hears who subscribes: iopub.</summary>
    XPub = 9,
}
