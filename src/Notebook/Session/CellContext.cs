// Which cell is running, seen from whatever code it calls: console writers, display helpers, threads it started.
using Notebook.Running;

namespace Notebook.Session;

/// <summary>A running cell: where its outputs go and what stops it.</summary>
internal sealed class CellContext
{
    private static readonly AsyncLocal<CellContext?> Flowing = new();
    private static volatile CellContext? running;
    private readonly Lock gate = new();
    private readonly Action<Output> sink;

    private CellContext(Action<Output> sink, CancellationToken cancellation)
    {
        this.sink = sink;
        Cancellation = cancellation;
    }

    /// <summary>
    /// The cell on whose behalf the caller runs. The execution context carries it into tasks and threads; a thread that
    /// was started without it (a native callback) counts for the cell that runs at the time. Null between cells.
    /// </summary>
    public static CellContext? Current => Flowing.Value ?? running;

    public CancellationToken Cancellation { get; }

    /// <summary>Makes the calling asynchronous flow the running cell until the scope is disposed.</summary>
    public static Scope Enter(Action<Output> sink, CancellationToken cancellation)
    {
        var context = new CellContext(sink, cancellation);
        var scope = new Scope(context, Flowing.Value, running);
        Flowing.Value = context;
        running = context;
        return scope;
    }

    /// <summary>Emits an output. Outputs of several threads reach the sink one at a time.</summary>
    public void Emit(Output output)
    {
        lock (gate)
        {
            sink(output);
        }
    }

    public sealed class Scope(CellContext context, CellContext? flowing, CellContext? wasRunning) : IDisposable
    {
        public CellContext Context => context;

        public void Dispose()
        {
            Flowing.Value = flowing;
            running = wasRunning;
        }
    }
}
