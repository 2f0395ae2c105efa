// Messaging spec, "Messages on the shell ROUTER/DEALER channel": one request after the other, in the order they came.
using System.Collections.Concurrent;

namespace Notebook.Jupyter.Kernel;

/// <summary>
/// A thread that works through requests one at a time. Shell and control have one each, so that control answers while a cell
/// runs; a subshell is one more.
/// </summary>
internal sealed class RequestQueue
{
    private readonly BlockingCollection<Request> requests = [];
    private readonly Action<Request> handle;
    private readonly Thread thread;
    private long posted;
    private long abortedUpTo;

    public RequestQueue(string name, Action<Request> handle)
    {
        this.handle = handle;
        thread = new Thread(Run) { Name = $"jupyter {name} requests", IsBackground = true };
    }

    /// <summary>Begins to work.</summary>
    public void Start() => thread.Start();

    /// <summary>Adds a request. One thread posts, the channel's.</summary>
    public void Post(Request request)
    {
        (request.Queue, request.Number) = (this, Interlocked.Increment(ref posted));
        if (!requests.IsAddingCompleted)
        {
            requests.Add(request);
        }
    }

    /// <summary>Marks every request that waits now as one not to carry out (<c>stop_on_error</c>).</summary>
    public void AbortWaiting() => Interlocked.Exchange(ref abortedUpTo, Interlocked.Read(ref posted));

    /// <summary>Whether a request waited when <see cref="AbortWaiting"/> was called.</summary>
    public bool IsAborted(Request request) => request.Number <= Interlocked.Read(ref abortedUpTo);

    /// <summary>Takes no more requests and waits until those it has are done.</summary>
    /// <returns>Whether they were done in time; if not, the thread is left behind.</returns>
    public bool Finish(TimeSpan timeout)
    {
        requests.CompleteAdding();
        return thread.Join(timeout);
    }

    private void Run()
    {
        foreach (var request in requests.GetConsumingEnumerable())
        {
            handle(request);
        }
    }
}
