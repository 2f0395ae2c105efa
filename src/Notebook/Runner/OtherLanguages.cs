namespace Notebook.Runner;

/// <summary>What a run does at a cell in a language that does not run here, such as F# or SQL.</summary>
public enum OtherLanguages
{
    /// <summary>The cell is passed over: it says so, and the run goes on.</summary>
    Skip,

    /// <summary>The cell fails.</summary>
    Stop,
}
