namespace TResNet.Files;

/// <summary>Files that are either whole or not there: written under a temporary name, flushed to the disk, then renamed.</summary>
internal static class AtomicFile
{
    /// <summary>Writes a file.</summary>
    /// <param name="path">Where; an existing file is replaced only once the new one is whole. Its folder is made if missing.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="TResNetException">The disk refuses; what was there before is untouched.</exception>
    public static void Write(string path, Action<Stream> write) =>
        Write(
            path,
            (string temporary) =>
            {
                using var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write);
                write(stream);
                stream.Flush(flushToDisk: true);
            }
        );

    /// <summary>The same for what writes files by their name alone.</summary>
    internal static void Write(string path, Action<string> write)
    {
        var full = Path.GetFullPath(path);
        var temporary = $"{full}.{Environment.ProcessId}.partial";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            write(temporary);
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e) when (IsRefusal(e))
        {
            throw new TResNetException(
                $"{path} could not be written ({Reason(e).Replace(temporary, full)}): choose another place or make room.",
                e
            );
        }
        finally
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }

    /// <summary>What the disk said, without its full stop.</summary>
    internal static string Reason(Exception refusal) =>
        refusal is ArgumentException
            ? "it would be larger than the disk or this shell (ulimit -f) allows"
            : refusal.Message.TrimEnd('.');

    /// <summary>Whether an error of writing is the disk's: .NET calls a file that is larger than the file system or a limit allows an argument.</summary>
    internal static bool IsRefusal(Exception error) =>
        error is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException { ParamName: "value" };
}
