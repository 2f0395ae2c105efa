// A file that appears whole or not at all: written beside its place, flushed to disk, renamed.
using System.Text;

namespace Notebook.Documents;

/// <summary>Writes text files that are never seen half-written.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file as UTF-8, making its folder.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static void Write(string path, string text)
    {
        var full = Path.GetFullPath(path);
        var temporary = $"{full}.{Environment.ProcessId}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                stream.Write(Encoding.UTF8.GetBytes(text));
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"'{path}' cannot be written: {exception.Message.Replace(temporary, full)}",
                exception
            );
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
