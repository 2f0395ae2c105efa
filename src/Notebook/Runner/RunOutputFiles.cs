// papermill's autosave: what a run has done is on disk before it goes on, whatever ends it.
using Notebook.Documents;
using Notebook.Pages;
using Notebook.Session.Errors;

namespace Notebook.Runner;

/// <summary>The files of a run: each appears whole, with the cells that have ended and what a running one has shown.</summary>
/// <param name="document">The notebook that runs.</param>
/// <param name="source">Where it was read from; a page finds its pictures beside it.</param>
/// <param name="paths">The files.</param>
/// <param name="kernel">The kernel that ran it.</param>
/// <param name="pageEvery">How old a page may become; it is megabytes with its charts, so it is not written for each cell.</param>
/// <param name="sanitize">Whether pages run nothing of what the notebook shows.</param>
/// <param name="clock">The clock.</param>
internal sealed class RunOutputFiles(
    NotebookDocument document,
    string source,
    IReadOnlyList<string> paths,
    DocumentKernel kernel,
    TimeSpan pageEvery,
    bool sanitize,
    TimeProvider clock
)
{
    /// <summary>The name of the error that a cell has in notebooks until it has ended.</summary>
    internal const string Unfinished = "Unfinished";

    private long written;

    /// <summary>
    /// The cell that runs, or runs next; null where none does. Notebooks say of it that it has not ended, for whoever finds them after the process was killed;
    /// pages, which are older, do not.
    /// </summary>
    public NotebookCell? Running { get; set; }

    /// <summary>Writes all.</summary>
    public void Write()
    {
        foreach (var path in paths)
        {
            Write(path);
        }

        written = clock.GetTimestamp();
    }

    /// <summary>Writes the notebooks, and the pages when they are old.</summary>
    public void WriteAfterCell()
    {
        if (clock.GetElapsedTime(written) >= pageEvery)
        {
            Write();
            return;
        }

        foreach (var path in paths.Where(path => !IsPage(path)))
        {
            Write(path);
        }
    }

    private void Write(string path)
    {
        if (IsPage(path))
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(source));
            NotebookPage.Write(document, path, folder, sanitize: sanitize);
            return;
        }

        var error = CellError.Sentence(
            Unfinished,
            "This cell has not ended: it still runs, or the process ended while it ran."
        );
        var mark = Running is null ? null : OutputJson.Write(error, executionCount: 0);
        Running?.Outputs.Add(mark);
        try
        {
            DocumentFormats.Write(document, path, kernel);
        }
        finally
        {
            Running?.Outputs.Remove(mark);
        }
    }

    /// <summary>Whether a file is a page, by its ending.</summary>
    public static bool IsPage(string path) =>
        Path.GetExtension(path).Equals(".html", StringComparison.OrdinalIgnoreCase);
}
