using Notebook.Documents;
using Notebook.Outputs;

namespace Notebook.Runner;

/// <summary>How a run ended.</summary>
/// <param name="Document">The notebook with its outputs; the same object that was run.</param>
/// <param name="Error">What stopped it; null when every cell ran.</param>
/// <param name="FailedCell">The code cell that stopped it, from one; null when every cell ran.</param>
/// <param name="Elapsed">How long the run took.</param>
public sealed record RunResult(NotebookDocument Document, ErrorOutput? Error, int? FailedCell, TimeSpan Elapsed)
{
    /// <summary>Whether every cell ran.</summary>
    public bool Succeeded => Error is null;

    /// <summary>Whether the run was interrupted.</summary>
    public bool Cancelled { get; init; }

    /// <summary>Whether a cell took longer than <see cref="RunOptions.CellTimeout"/>.</summary>
    public bool TimedOut { get; init; }
}
