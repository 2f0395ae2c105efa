// What lies in a folder, without the droppings of other programs, and without going round in a loop of links.

namespace TResNet.Data.Sources;

/// <summary>Lists folders.</summary>
internal static class FolderTree
{
    private const char Unreadable = '\uFFFD';

    private static readonly HashSet<string> Droppings = new(
        ["__MACOSX", "@eaDir", "lost+found", "$RECYCLE.BIN", "System Volume Information", "__pycache__"],
        StringComparer.OrdinalIgnoreCase
    );

    private static readonly EnumerationOptions Visible = new()
    {
        AttributesToSkip = FileAttributes.Hidden,
        IgnoreInaccessible = false,
    };

    /// <summary>The names of the folders in a folder, in ordinal order.</summary>
    /// <exception cref="TResNetException">A name is not one that can be written.</exception>
    public static string[] Folders(string folder)
    {
        string[] names =
        [
            .. Directory
                .EnumerateDirectories(folder, "*", Visible)
                .Select(path => Path.GetFileName(path))
                .Where(name => !Droppings.Contains(name))
                .Order(StringComparer.Ordinal),
        ];
        return Array.Find(names, name => name.Contains(Unreadable)) is { } odd
            ? throw new TResNetException(
                $"The folder {odd} in {folder} has a name that is not UTF-8; rename it (convmv -f latin1 -t utf8 --notest renames many)."
            )
            : names;
    }

    /// <summary>Whether a folder holds folders.</summary>
    public static bool HasFolders(string folder) =>
        Directory.EnumerateDirectories(folder, "*", Visible).Any(path => !Droppings.Contains(Path.GetFileName(path)));

    /// <summary>The images that lie in a folder, not below it.</summary>
    public static IEnumerable<string> ImagesIn(string folder) =>
        Directory.EnumerateFiles(folder, "*", Visible).Where(ImageFileNames.Has);

    /// <summary>The images in and below a folder: those of a folder before those of the folders in it, each in ordinal order, as torchvision has them.</summary>
    public static IEnumerable<string> ImagesBelow(string folder)
    {
        var (images, seen) = (new List<string>(), new HashSet<string>(StringComparer.Ordinal));
        Collect(folder, RealPath(folder), images, seen);
        return images
            .OrderBy(Path.GetDirectoryName, StringComparer.Ordinal)
            .ThenBy(Path.GetFileName, StringComparer.Ordinal);
    }

    private static void Collect(string folder, string? real, List<string> images, HashSet<string> seen)
    {
        if (real is null || !seen.Add(real))
        {
            return;
        }

        images.AddRange(ImagesIn(folder));
        foreach (var inner in Directory.EnumerateDirectories(folder, "*", Visible))
        {
            var name = Path.GetFileName(inner);
            if (!Droppings.Contains(name))
            {
                var isLink = (File.GetAttributes(inner) & FileAttributes.ReparsePoint) != 0;
                Collect(inner, isLink ? RealPath(inner) : Path.Combine(real, name), images, seen);
            }
        }
    }

    /// <summary>Where a folder really is; null where its link leads nowhere.</summary>
    private static string? RealPath(string folder)
    {
        try
        {
            var target = new DirectoryInfo(folder).ResolveLinkTarget(returnFinalTarget: true);
            return Path.GetFullPath(target?.FullName ?? folder);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
