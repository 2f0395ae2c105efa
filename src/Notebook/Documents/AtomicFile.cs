// A file that appears whole or not at all: written beside its place, flushed to disk, renamed.
using System.Text;

namespace Notebook.Documents;

/// <summary>Writes text files that are never seen half-written.</summary>
internal static class AtomicFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes a file as UTF-8, making its folder.</summary>
    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static void Write(string path, string text) => Write(path, writer => writer.Write(text));

    /// <summary>The same for a text that need not be in memory as a whole.</summary>
    public static void Write(string path, Action<TextWriter> write)
    {
        var full = Path.GetFullPath(path);
        var temporary = $"{full}.{Environment.ProcessId}.tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
            {
                using (var writer = new StreamWriter(stream, Utf8, leaveOpen: true))
                {
                    write(writer);
                }

                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        // .NET calls a file that is larger than a limit allows an argument.
        catch (Exception exception)
            when (exception
                    is IOException
                        or UnauthorizedAccessException
                        or ArgumentOutOfRangeException { ParamName: "value" }
            )
        {
            var reason =
                exception is ArgumentException
                    ? "it would be larger than the disk or this shell (ulimit -f) allows."
                    : exception.Message.Replace(temporary, full);
            throw new CommandException($"'{path}' cannot be written: {reason}", exception);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
