namespace Notebook.Outputs;

/// <summary>How a cell ended.</summary>
/// <param name="Error">Why it failed, already emitted as the cell's last output; null when it succeeded.</param>
/// <param name="Elapsed">How long it ran.</param>
public sealed record CellResult(ErrorOutput? Error, TimeSpan Elapsed)
{
    /// <summary>Whether the cell ran to its end.</summary>
    public bool Succeeded => Error is null;

    /// <summary>Whether it was stopped by the caller's token.</summary>
    public bool Cancelled { get; init; }
}
