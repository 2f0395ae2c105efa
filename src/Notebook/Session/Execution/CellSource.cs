namespace Notebook.Session.Execution;

/// <summary>C# to run, and where it stands.</summary>
/// <param name="Code">The code, with blank lines where the cell has other things, so that lines are the cell's.</param>
/// <param name="CellText">The whole cell, to show lines from.</param>
/// <param name="Location">Where the cell is (<see cref="CodeLocation"/>).</param>
internal sealed record CellSource(string Code, string CellText, string Location);
