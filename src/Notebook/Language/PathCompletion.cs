// File names below what is typed, as a shell completes them.

namespace Notebook.Language;

/// <summary>Completes paths.</summary>
internal static class PathCompletion
{
    private const int Most = 200;

    /// <summary>Files and folders whose path begins as typed; a folder ends in a slash. Hidden ones only when asked for by a dot.</summary>
    /// <param name="typed">The path so far, relative to the current folder or absolute; <c>~/</c> is the user's own.</param>
    /// <param name="foldersOnly">Whether files are left out.</param>
    public static IEnumerable<CompletionEntry> Of(string typed, bool foldersOnly)
    {
        var cut = typed.LastIndexOf('/') + 1;
        var (folder, name) = (typed[..cut], typed[cut..]);
        try
        {
            return
            [
                .. new DirectoryInfo(Real(folder))
                    .EnumerateFileSystemInfos()
                    .Where(found => found is DirectoryInfo || !foldersOnly)
                    .Where(found => found.Name.StartsWith(name, StringComparison.Ordinal))
                    .Where(found => name.StartsWith('.') || !found.Name.StartsWith('.'))
                    .OrderBy(found => found.Name, StringComparer.Ordinal)
                    .Take(Most)
                    .Select(found => Entry(folder, found)),
            ];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    private static string Real(string folder) =>
        folder.StartsWith("~/", StringComparison.Ordinal)
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), folder[2..])
        : folder.Length > 0 ? folder
        : ".";

    private static CompletionEntry Entry(string folder, FileSystemInfo found)
    {
        var path = folder + found.Name + (found is DirectoryInfo ? "/" : "");
        return new CompletionEntry(
            path,
            path.Contains(' ') ? $"\"{path}\"" : path,
            found is DirectoryInfo ? "folder" : "file"
        );
    }
}
