// How a cell that does not look at its token is stopped all the same: its loops and top-level statements ask.
using System.ComponentModel;
using System.Runtime.CompilerServices;
using Notebook.Session.Execution;

namespace Notebook.Session.Interruption;

/// <summary>Called by the code of cells, at places that <see cref="InterruptibleCode"/> puts there. Not for people.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Interrupt
{
    /// <summary>
    /// Whether any cell was ever interrupted: until then a check costs one read. It stays set, for what a cell left running
    /// in the background has to stop too.
    /// </summary>
    private static volatile bool everRequested;

    /// <summary>Stops the caller when its cell was interrupted.</summary>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    public static void Check()
    {
        if (everRequested)
        {
            CellContext.Current?.Cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>What a lambda is about to call, when there is stack left for it.</summary>
    /// <exception cref="InsufficientExecutionStackException">There is not.</exception>
    public static T WithStack<T>(T called)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return called;
    }

    internal static CancellationTokenRegistration Watch(CancellationToken cancellation) =>
        cancellation.Register(() => everRequested = true);
}
