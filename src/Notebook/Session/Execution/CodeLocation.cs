namespace Notebook.Session.Execution;

/// <summary>What the code of cells, and of files that cells run, is called in stack traces and errors.</summary>
internal static class CodeLocation
{
    private const string CellPrefix = "cell ";
    private const string FilePrefix = "file ";

    /// <summary>A cell, by its number.</summary>
    public static string OfCell(int number) => $"{CellPrefix}{number}";

    /// <summary>A file, or a cell of one, by what a reader calls it.</summary>
    public static string OfFile(string name) => FilePrefix + name;

    /// <summary>The place as a reader knows it, from the file name in a trace; null when that is none of ours.</summary>
    public static string? DisplayName(string place) =>
        place.StartsWith(CellPrefix, StringComparison.Ordinal) ? place : FileOf(place);

    /// <summary>The file; null for a cell.</summary>
    public static string? FileOf(string place) =>
        place.StartsWith(FilePrefix, StringComparison.Ordinal) ? place[FilePrefix.Length..] : null;
}
