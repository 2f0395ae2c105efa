using Notebook;

namespace TResNet.Interactive.Commands;

/// <summary>Files that are written at the end of long work, looked at before it begins.</summary>
internal static class OutputFile
{
    /// <summary>Refuses a file that could not be written; what is there stays as it is.</summary>
    /// <param name="option">The option that names it.</param>
    /// <param name="path">The file.</param>
    /// <param name="example">What a file of this kind may be called.</param>
    /// <exception cref="CommandException">Its folder does not exist or takes no files, or it is a folder itself.</exception>
    public static void RequireWritable(string option, string path, string example)
    {
        if (Directory.Exists(path))
        {
            throw new CommandException(
                $"{option} {path} is a folder: name a file in it, such as {Path.Combine(path, example)}."
            );
        }

        var full = Path.GetFullPath(path);
        var folder = Path.GetDirectoryName(full);
        if (!Directory.Exists(folder))
        {
            throw new CommandException($"The folder {folder} for {option} does not exist: make it, or choose another.");
        }

        // Only writing tells: rights, a full disk and a system that is read-only have nothing else in common.
        var trial = $"{full}.{Environment.ProcessId}.partial";
        try
        {
            new FileStream(
                trial,
                FileMode.Create,
                FileAccess.Write,
                FileShare.None,
                1,
                FileOptions.DeleteOnClose
            ).Dispose();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"{option} {path} cannot be written, since the folder {folder} takes no file: choose another.",
                refused
            );
        }
    }
}
