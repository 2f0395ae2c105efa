using Notebook.Documents;
using Notebook.Outputs;

namespace Notebook.Runner;

/// <summary>How a run ended.</summary>
/// <param name="Document">The notebook with its outputs; the same object that was run.</param>
/// <param name="Error">The first error, which stopped it unless errors are allowed; null when no cell failed.</param>
/// <param name="FailedCell">The code cell of that error, from one; null when no cell failed.</param>
/// <param name="Elapsed">How long the run took.</param>
public sealed record RunResult(NotebookDocument Document, ErrorOutput? Error, int? FailedCell, TimeSpan Elapsed)
{
    /// <summary>Whether no cell failed.</summary>
    public bool Succeeded => Error is null;

    /// <summary>How many cells failed: more than one only where errors are allowed.</summary>
    public int Failed { get; init; }

    /// <summary>Whether the run was interrupted.</summary>
    public bool Cancelled { get; init; }

    /// <summary>Whether a cell took longer than <see cref="RunOptions.CellTimeout"/>.</summary>
    public bool TimedOut { get; init; }
}
