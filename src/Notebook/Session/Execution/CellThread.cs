// All cells start on one thread. Native libraries keep state per thread (OpenMP its team of workers), and deep recursion
// finds a deep stack here.
using System.Collections.Concurrent;

namespace Notebook.Session.Execution;

/// <summary>The thread that cells start on; after an <c>await</c> they go on where the runtime likes.</summary>
internal sealed class CellThread : IDisposable
{
    private const int StackBytes = 16 * 1024 * 1024;
    private readonly BlockingCollection<Action> work = [];

    public CellThread() => new Thread(Loop, StackBytes) { IsBackground = true, Name = "Cells" }.Start();

    /// <summary>Runs a function on the thread up to its first <c>await</c>, and waits for its end.</summary>
    public async Task<T> RunAsync<T>(Func<Task<T>> function)
    {
        var started = new TaskCompletionSource<Task<T>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var context = ExecutionContext.Capture()!;
        work.Add(() => ExecutionContext.Run(context, _ => started.SetResult(function()), null));
        return await await started.Task;
    }

    public void Dispose() => work.CompleteAdding();

    private void Loop()
    {
        foreach (var action in work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
