using Notebook.Documents;
using Notebook.Outputs;

namespace Notebook.Runner;

/// <summary>Where a code cell of a running notebook stands.</summary>
public enum CellState
{
    /// <summary>It has just started.</summary>
    Started,

    /// <summary>It ran to its end.</summary>
    Succeeded,

    /// <summary>It ended in an error or was interrupted, which stops the run unless <see cref="RunOptions.AllowErrors"/>.</summary>
    Failed,

    /// <summary>It raised the error that its tag <c>raises-exception</c> allows, and the run goes on.</summary>
    Raised,

    /// <summary>Its tag <c>skip-execution</c> says that it does not run.</summary>
    Skipped,

    /// <summary>It is in a language that does not run here.</summary>
    PassedOver,
}

/// <summary>Told when a code cell starts and when it ends.</summary>
/// <param name="Index">The code cell, from one.</param>
/// <param name="Count">How many code cells the notebook has.</param>
/// <param name="Title">The cell's first line.</param>
/// <param name="State">Where the cell stands.</param>
/// <param name="Elapsed">How long it has run.</param>
public sealed record RunProgress(int Index, int Count, string Title, CellState State, TimeSpan Elapsed)
{
    /// <summary>What the cell wrote to the console; empty while it runs.</summary>
    public string Printed { get; init; } = "";

    /// <summary>The cell, with its outputs when it has ended.</summary>
    public required NotebookCell Cell { get; init; }

    /// <summary>The error that the cell ended in; null for none.</summary>
    public ErrorOutput? Error { get; init; }

    /// <summary>The language of a cell that was passed over, such as <c>F#</c>; null for all others.</summary>
    public string? OtherLanguage { get; init; }
}
