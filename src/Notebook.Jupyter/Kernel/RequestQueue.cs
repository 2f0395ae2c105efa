// Messaging spec, "Messages on the shell ROUTER/DEALER channel": one request after the other, in the order they came.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace Notebook.Jupyter.Kernel;

/// <summary>
/// A thread that works through requests one at a time. Shell and control have one each, so that control answers while a cell
/// runs; a subshell is one more.
/// </summary>
internal sealed class RequestQueue
{
    // Cells of subshells run on the queue's own thread, and deep recursion finds a deep stack here.
    private const int StackBytes = 16 * 1024 * 1024;

    private readonly BlockingCollection<Request> requests = [];
    private readonly Action<Request> handle;
    private readonly Thread thread;
    private long posted;
    private long abortedUpTo;

    public RequestQueue(string name, Action<Request> handle)
    {
        this.handle = handle;
        thread = new Thread(Run, StackBytes) { Name = $"jupyter {name} requests", IsBackground = true };
    }

    /// <summary>What runs now, and the way to interrupt it.</summary>
    public RunningCell Running { get; } = new();

    /// <summary>Begins to work.</summary>
    public void Start() => thread.Start();

    /// <summary>Adds a request; after the end it does nothing. One thread posts, the channel's.</summary>
    public void Post(Request request)
    {
        (request.Queue, request.Number) = (this, Interlocked.Increment(ref posted));
        try
        {
            requests.Add(request);
        }
        catch (InvalidOperationException)
        {
            // It ended meanwhile: there is nobody left to carry the request out.
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

    /// <summary>Takes no more requests, aborts those that wait and interrupts what runs. <see cref="Finish"/> waits for it.</summary>
    public void Stop()
    {
        requests.CompleteAdding();
        AbortWaiting();
        Running.Interrupt();
    }

    private void Run()
    {
        while (HandleNext() is { } size)
        {
            LargeMessages.Release(size);
        }
    }

    /// <summary>Carries out the next request, and holds nothing of it after that.</summary>
    /// <returns>Its bytes; null after the last.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private long? HandleNext()
    {
        if (!requests.TryTake(out var request, Timeout.Infinite))
        {
            return null;
        }

        handle(request);
        return request.Message.Size;
    }
}
