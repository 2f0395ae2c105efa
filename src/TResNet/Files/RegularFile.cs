namespace TResNet.Files;

/// <summary>
/// Files that are read by their names: opening a pipe would wait for somebody to write, and a device may never end. Like an empty file, both have no
/// length.
/// </summary>
internal static class RegularFile
{
    /// <summary>Whether a path is a file with bytes in it, behind links too.</summary>
    public static bool HasBytes(string path) => Behind(path) is { Exists: true, Length: > 0 };

    /// <summary>Refuses what is there and has no bytes; what is not there is left to whoever opens it.</summary>
    /// <exception cref="TResNetException">It is empty, a pipe or a device.</exception>
    public static void Require(string path)
    {
        if (Behind(path) is { Exists: true, Length: 0 })
        {
            throw new TResNetException(
                $"{path} is empty (0 bytes), or a pipe or a device; copy or download it again, or remove it."
            );
        }
    }

    private static FileInfo Behind(string path)
    {
        var file = new FileInfo(path);
        return file.Exists && (file.Attributes & FileAttributes.ReparsePoint) != 0
            ? (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file
            : file;
    }
}
