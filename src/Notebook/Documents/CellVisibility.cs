namespace Notebook.Documents;

/// <summary>How much of something a page shows.</summary>
internal enum CellVisibility
{
    /// <summary>All.</summary>
    Shown,

    /// <summary>A line that opens it.</summary>
    Folded,

    /// <summary>Nothing.</summary>
    Removed,
}
