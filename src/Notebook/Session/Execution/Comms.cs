// Jupyter messaging spec, "Custom Messages": the comms of a notebook, whoever opened them.
using System.Collections.Concurrent;
using System.ComponentModel;
using System.Text.Json.Nodes;

namespace Notebook.Session.Execution;

/// <summary>
/// The lines that are open between a notebook and its front end. Safe to use from several threads. Without a front end a comm
/// can be opened, and nobody answers.
/// </summary>
public sealed class Comms
{
    private readonly ConcurrentDictionary<string, Action<IComm, CommMessage>> targets = [];
    private readonly ConcurrentDictionary<string, Comm> open = [];

    internal Comms() { }

    /// <summary>Carries messages to the front end; null without one.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ICommTransport? Transport { get; set; }

    /// <summary>The comms that are open.</summary>
    public IReadOnlyCollection<IComm> All => [.. open.Values];

    /// <summary>Lets the front end open comms. A target of the same name is replaced.</summary>
    /// <param name="target">The name that the front end opens them for.</param>
    /// <param name="opened">Called with each new comm and what came with its opening; it sets <see cref="IComm.Received"/>.</param>
    public void AddTarget(string target, Action<IComm, CommMessage> opened) => targets[target] = opened;

    /// <summary>Opens a comm to what the front end knows by a name.</summary>
    /// <param name="target">The name.</param>
    /// <param name="data">What the other side gets to begin with; null for nothing.</param>
    /// <param name="buffers">Binary attachments.</param>
    public IComm Open(string target, JsonObject? data = null, params IReadOnlyList<byte[]> buffers)
    {
        var comm = new Comm(this, Guid.NewGuid().ToString("N"), target);
        open[comm.Id] = comm;
        Transport?.Open(comm.Id, target, data ?? [], buffers);
        return comm;
    }

    /// <summary>The front end opened a comm.</summary>
    /// <returns>Whether there is such a target.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool OpenedByFrontEnd(string id, string target, CommMessage message)
    {
        if (!targets.TryGetValue(target, out var opened))
        {
            return false;
        }

        var comm = new Comm(this, id, target);
        open[id] = comm;
        try
        {
            opened(comm, message);
            return true;
        }
        catch
        {
            comm.Close();
            throw;
        }
    }

    /// <summary>The front end sent a message.</summary>
    /// <returns>Whether there is such a comm.</returns>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public bool SentByFrontEnd(string id, CommMessage message)
    {
        if (!open.TryGetValue(id, out var comm))
        {
            return false;
        }

        comm.Received?.Invoke(message);
        return true;
    }

    /// <summary>The front end closed a comm.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void ClosedByFrontEnd(string id, CommMessage message)
    {
        if (open.TryRemove(id, out var comm))
        {
            comm.Closed?.Invoke(message);
        }
    }

    private sealed class Comm(Comms comms, string id, string target) : IComm
    {
        public string Id => id;

        public string Target => target;

        public Action<CommMessage>? Received { get; set; }

        public Action<CommMessage>? Closed { get; set; }

        public void Send(JsonObject data, params IReadOnlyList<byte[]> buffers)
        {
            if (comms.open.ContainsKey(id))
            {
                comms.Transport?.Send(id, data, buffers);
            }
        }

        public void Close(JsonObject? data = null)
        {
            if (comms.open.TryRemove(id, out _))
            {
                comms.Transport?.Close(id, data ?? []);
            }
        }
    }
}
