using Notebook;

namespace TResNet.Cli;

/// <summary>A notebook among those of a run.</summary>
/// <param name="Path">The file, in full.</param>
/// <param name="Name">What it is called in tables and reports: the path from the folder that all are under, with <c>/</c>.</param>
internal sealed record NotebookFile(string Path, string Name)
{
    /// <summary>The files that its run writes.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];
}

/// <summary>Finds the notebooks that words of a command line name: files as they are, folders searched.</summary>
internal static class NotebookFiles
{
    /// <summary>What <c>--out ipynb</c> writes beside a notebook ends so.</summary>
    public const string RunSuffix = ".out.ipynb";

    private static readonly string[] Endings = [".dib", ".ipynb"];

    /// <summary>The notebooks, each once, in the order of the words and of their paths.</summary>
    /// <param name="words">Files and folders.</param>
    /// <param name="outputFolder">A folder whose notebooks are results, and none to run; null for none.</param>
    /// <exception cref="CommandException">There is no such file or folder, or no notebook in it.</exception>
    public static IReadOnlyList<NotebookFile> Find(IEnumerable<string> words, string? outputFolder = null)
    {
        var results = outputFolder is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(outputFolder));
        var paths = words.SelectMany(word => Named(word, results)).Distinct().ToList();
        var folder = CommonFolder(paths);
        return [.. paths.Select(path => new NotebookFile(path, Path.GetRelativePath(folder, path).Replace('\\', '/')))];
    }

    private static IEnumerable<string> Named(string word, string? results)
    {
        if (!Directory.Exists(word))
        {
            return File.Exists(word)
                ? IsNotebook(word)
                    ? [Path.GetFullPath(word)]
                    : throw new CommandException($"'{word}' is no notebook: the name should end in .dib or .ipynb.")
                : throw new CommandException($"There is no notebook '{word}'.");
        }

        var found = Below(Path.GetFullPath(word), results).ToList();
        return found.Count > 0
            ? found
            : throw new CommandException($"There is no notebook, .dib or .ipynb, in '{word}'.");
    }

    // Links to folders may lead in circles, and hidden folders hold what is somebody else's: checkpoints, Git's and editors' copies.
    private static IEnumerable<string> Below(string folder, string? results)
    {
        var files = Entries(folder, Directory.GetFiles);
        foreach (var file in files.Where(IsNotebook).Where(file => !file.EndsWith(RunSuffix, StringComparison.Ordinal)))
        {
            yield return file;
        }

        foreach (var inner in Entries(folder, Directory.GetDirectories))
        {
            if (new DirectoryInfo(inner).LinkTarget is null && inner != results)
            {
                foreach (var file in Below(inner, results))
                {
                    yield return file;
                }
            }
        }
    }

    private static string[] Entries(string folder, Func<string, string[]> list)
    {
        try
        {
            return
            [
                .. list(folder).Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw new CommandException($"'{folder}' cannot be read: {error.Message}", error);
        }
    }

    private static bool IsNotebook(string path) =>
        Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The working folder where it holds all of them, or else the innermost that does.</summary>
    private static string CommonFolder(IReadOnlyList<string> paths)
    {
        var folder = Directory.GetCurrentDirectory();
        if (paths.All(path => IsBelow(path, folder)))
        {
            return folder;
        }

        folder = Path.GetDirectoryName(paths[0])!;
        while (!paths.All(path => IsBelow(path, folder)))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(
            folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );
}
