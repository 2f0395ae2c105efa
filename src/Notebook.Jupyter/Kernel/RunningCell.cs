// Messaging spec, "Kernel interrupt".
namespace Notebook.Jupyter.Kernel;

/// <summary>The cell that runs now, if one does, and the way to stop it. Safe to use from several threads.</summary>
internal sealed class RunningCell
{
    private readonly Lock gate = new();
    private CancellationTokenSource? source;

    /// <summary>Runs a cell with a token that <see cref="Interrupt"/> cancels.</summary>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> cell)
    {
        // Not disposed: it holds no timer, and an interrupt may still be calling what the cell registered.
        var mine = new CancellationTokenSource();
        lock (gate)
        {
            source = mine;
        }

        try
        {
            return await cell(mine.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                source = null;
            }
        }
    }

    /// <summary>Asks the cell to stop; without one it does nothing.</summary>
    public void Interrupt()
    {
        lock (gate)
        {
            // What a cell registered on the token runs on another thread: it may take its time, and control must not.
            _ = source?.CancelAsync();
        }
    }
}
