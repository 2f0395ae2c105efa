namespace Notebook.Jupyter.History;

/// <summary>A cell that ran.</summary>
/// <param name="Session">The run of a kernel that it ran in, from 1.</param>
/// <param name="Line">Its execution count there, from 1.</param>
/// <param name="Input">Its text.</param>
/// <param name="Output">Its result as plain text; null when there was none, or it is not known any more.</param>
internal sealed record HistoryEntry(int Session, int Line, string Input, string? Output = null);
