using Microsoft.Win32.SafeHandles;

namespace TResNet.Files;

/// <summary>A file's bytes, read at any place without a position of their own.</summary>
internal sealed class FileBytes : IDisposable
{
    private readonly SafeFileHandle handle;

    private FileBytes(string path, SafeFileHandle handle)
    {
        Path = path;
        this.handle = handle;
        Length = RandomAccess.GetLength(handle);
    }

    /// <summary>The path as it was given, for messages.</summary>
    internal string Path { get; }

    /// <summary>The file's size in bytes.</summary>
    internal long Length { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="TResNetException">It is missing or may not be read.</exception>
    internal static FileBytes Open(string path)
    {
        if (Directory.Exists(path))
        {
            throw new TResNetException(
                $"{path} is a folder: give the file of weights in it, such as {System.IO.Path.Combine(path, "model.safetensors")}."
            );
        }

        if (!File.Exists(path))
        {
            throw new TResNetException(
                $"There is no checkpoint {path}: give the path of a .safetensors, .pth or .pt file."
            );
        }

        RegularFile.Require(path);
        try
        {
            return new FileBytes(path, File.OpenHandle(path, options: FileOptions.SequentialScan));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TResNetException($"{path} could not be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    /// <summary>Fills <paramref name="destination"/> with the bytes from <paramref name="offset"/> on.</summary>
    /// <exception cref="TResNetException">The file ends before, or the disk refuses.</exception>
    internal void Read(long offset, Span<byte> destination)
    {
        try
        {
            while (destination.Length > 0)
            {
                var read = RandomAccess.Read(handle, destination, offset);
                if (read == 0)
                {
                    throw Broken($"it ends at byte {offset}, where more is expected");
                }

                destination = destination[read..];
                offset += read;
            }
        }
        catch (IOException e)
        {
            throw new TResNetException($"{Path} could not be read ({e.Message.TrimEnd('.')}).", e);
        }
    }

    /// <summary>The one sentence for a file that is not what it says.</summary>
    internal TResNetException Broken(string reason) =>
        new($"{Path} is truncated or corrupt: {reason}. Copy or save it again.");

    public void Dispose() => handle.Dispose();
}
