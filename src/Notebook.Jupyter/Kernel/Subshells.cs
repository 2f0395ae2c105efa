// Jupyter Enhancement Proposal 91 and messaging spec, "Kernel subshells": more threads that answer shell requests.
using System.Collections.Concurrent;

namespace Notebook.Jupyter.Kernel;

/// <summary>The queues of the shell channel: the main one, and one for each subshell. Safe to use from several threads.</summary>
/// <param name="main">The queue of requests that name no subshell.</param>
/// <param name="dispatcher">Carries out the requests of all of them.</param>
internal sealed class Subshells(RequestQueue main, Dispatcher dispatcher)
{
    private readonly ConcurrentDictionary<string, RequestQueue> queues = [];

    /// <summary>The ids of the subshells, without the main one.</summary>
    public IReadOnlyList<string> Ids => [.. queues.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Starts a subshell and returns its id.</summary>
    public string Create()
    {
        var id = Guid.NewGuid().ToString();
        var queue = new RequestQueue($"subshell {id}", dispatcher.Dispatch);
        queues[id] = queue;
        queue.Start();
        return id;
    }

    /// <summary>Ends a subshell: interrupts what it runs, aborts what waits for it, and gives it some time.</summary>
    /// <returns>Whether there was such a subshell.</returns>
    public bool Delete(string id, TimeSpan timeout)
    {
        if (!queues.TryRemove(id, out var queue))
        {
            return false;
        }

        queue.Stop();
        queue.Finish(timeout);
        return true;
    }

    /// <summary>Hands a request to the subshell that its header names. A name of none is answered with an error.</summary>
    public void Post(Request request)
    {
        if (request.SubshellId is not { } id)
        {
            main.Post(request);
        }
        else if (queues.TryGetValue(id, out var queue))
        {
            queue.Post(request);
        }
        else
        {
            dispatcher.Refuse(
                request,
                "UnknownSubshell",
                $"There is no subshell '{id}': it was deleted, or belongs to a kernel that has ended."
            );
        }
    }

    /// <summary>Interrupts whatever runs, in the main shell and in every subshell.</summary>
    public void Interrupt()
    {
        main.Running.Interrupt();
        foreach (var queue in queues.Values)
        {
            queue.Running.Interrupt();
        }
    }

    /// <summary>Ends all queues.</summary>
    /// <returns>Whether what ran had stopped in time.</returns>
    public bool Stop(TimeSpan timeout)
    {
        var all = queues.Values.Append(main).ToList();
        all.ForEach(queue => queue.Stop());
        var deadline = DateTime.UtcNow + timeout;
        return all.TrueForAll(queue =>
            queue.Finish(deadline - DateTime.UtcNow is { Ticks: > 0 } left ? left : TimeSpan.Zero)
        );
    }
}
