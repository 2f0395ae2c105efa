// Which folders of a data set are its parts, and which in them its classes.

namespace TResNet.Data.Sources;

/// <summary>The folders of one part.</summary>
/// <param name="Folder">What messages call it.</param>
/// <param name="Classes">Each class with the folder that holds its images.</param>
internal sealed record FolderPart(string Folder, IReadOnlyList<(string Class, string Path)> Classes)
{
    /// <summary>A folder whose folders are the classes.</summary>
    public static FolderPart Of(string folder) =>
        new(folder, [.. FolderTree.Folders(folder).Select(name => (name, Path.Combine(folder, name)))]);
}

/// <summary>The parts of a data set in folders.</summary>
/// <param name="Train">The part to train on, or all there is.</param>
/// <param name="Validation">The part to test on; null where nobody has split the images.</param>
/// <param name="Unused">Folders that are neither.</param>
/// <param name="IsSplit">Whether the folders' names say which part they are.</param>
/// <param name="Test">The folder of a part for the end, beside one to test on meanwhile; null for none.</param>
internal sealed record FolderLayout(
    FolderPart Train,
    FolderPart? Validation,
    IReadOnlyList<string> Unused,
    bool IsSplit = true,
    string? Test = null
)
{
    // A wrapper of a wrapper of an archive; deeper, somebody should look.
    private const int MostWrappers = 4;

    /// <summary>Finds them.</summary>
    /// <exception cref="TResNetException">There are parts to test on and none to train on.</exception>
    public static FolderLayout Find(string folder)
    {
        var root = folder;
        for (var level = 0; ; level++)
        {
            var names = FolderTree.Folders(root);
            // A class may be called train, too: a part holds folders.
            var parts = names.Where(name => FolderTree.HasFolders(Path.Combine(root, name))).ToArray();
            var (train, validation) = SplitNames.Find(parts);
            if (train is not null)
            {
                return Split(root, names, train, validation);
            }

            if (names.Length > 0 && names.Length == validation.Count)
            {
                throw new TResNetException(
                    $"{root} holds {string.Join(" and ", names)}, but no folder of images to train on, such as train; name it, and these with --val-data."
                );
            }

            if (names is not [var only] || parts.Length == 0 || level == MostWrappers)
            {
                return BelowClasses(root, names) ?? new FolderLayout(FolderPart.Of(root), null, [], IsSplit: false);
            }

            root = Path.Combine(root, only);
        }
    }

    /// <summary>The folder that holds the classes: a folder with one folder of folders in it is only a wrapper.</summary>
    public static string Unwrap(string folder)
    {
        for (var level = 0; level < MostWrappers; level++)
        {
            if (FolderTree.Folders(folder) is not [var only] || !FolderTree.HasFolders(Path.Combine(folder, only)))
            {
                return folder;
            }

            folder = Path.Combine(folder, only);
        }

        return folder;
    }

    private static FolderLayout Split(string root, string[] names, string train, IReadOnlyList<string> validation)
    {
        var trained = FolderPart.Of(Unwrap(Path.Combine(root, train)));
        var known = trained.Classes.Select(each => each.Class).ToHashSet(StringComparer.OrdinalIgnoreCase);
        // A competition's test folder holds images that nobody has labelled, perhaps in a folder of their own.
        var tested = validation.FirstOrDefault(HoldsClasses);
        var last = validation.FirstOrDefault(name =>
            name != tested
            && tested is not null
            && !SplitNames.IsTest(tested)
            && SplitNames.IsTest(name)
            && HoldsClasses(name)
        );
        string[] unused = [.. names.Where(name => name != train && name != tested && name != last)];
        return new FolderLayout(
            trained,
            tested is null ? null : FolderPart.Of(Unwrap(Path.Combine(root, tested))),
            unused,
            Test: last is null ? null : Path.Combine(root, last)
        );

        bool HoldsClasses(string name) =>
            FolderTree.Folders(Unwrap(Path.Combine(root, name))) is var classes
            && (classes.Length > 1 || classes.Any(known.Contains));
    }

    /// <summary>Folders of classes with a train and a test folder in each; null where they are not like that.</summary>
    private static FolderLayout? BelowClasses(string root, string[] names)
    {
        if (names.Length < 2)
        {
            return null;
        }

        var classes = new List<(string Class, string Train, string? Validation)>();
        foreach (var name in names)
        {
            var (train, validation) = SplitNames.Find(FolderTree.Folders(Path.Combine(root, name)));
            if (train is null)
            {
                return null;
            }

            classes.Add((name, train, validation.FirstOrDefault()));
        }

        (string, string)[] tested =
        [
            .. classes
                .Where(each => each.Validation is not null)
                .Select(each => (each.Class, Path.Combine(root, each.Class, each.Validation!))),
        ];
        return new FolderLayout(
            new FolderPart(root, [.. classes.Select(each => (each.Class, Path.Combine(root, each.Class, each.Train)))]),
            tested.Length == 0 ? null : new FolderPart(root, tested),
            []
        );
    }
}
