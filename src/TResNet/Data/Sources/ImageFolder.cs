// A folder for each class, as torchvision's ImageFolder has it (ImageNet, Imagenette, flowers, cars): the same names in the same order, so that
// a label means the same here and in PyTorch.

using TResNet.Data.Images;

namespace TResNet.Data.Sources;

/// <summary>Images in folders that are named after their classes, nested as deep as you like: <c>flowers/tulip/field/1.jpg</c>.</summary>
public static class ImageFolder
{
    // torchvision's list. Those that are not decoded here are skipped by name when they are read, not overlooked.
    private static readonly HashSet<string> Extensions = new(
        [".jpg", ".jpeg", ".png", ".ppm", ".bmp", ".pgm", ".tif", ".tiff", ".webp"],
        StringComparer.OrdinalIgnoreCase
    );

    // A loop of links would otherwise go round until the path is too long for the system.
    private const int DeepestFolder = 16;

    /// <summary>
    /// Lists the images below <c>train</c> and <c>val</c> (or <c>valid</c>, <c>validation</c>, <c>test</c>). Without <c>train</c>, the folders are the
    /// classes; without <c>val</c>, every fifth image of each class is held out, in the order of their names.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="heldOut">The folder of the held-out classes; null to look for it in <paramref name="folder"/>.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The images to train on and those held out. Classes are the training part's folders in ordinal order.</returns>
    /// <exception cref="TResNetException">
    /// The folder is not there or not readable, has fewer than two classes, a class without images, or held-out classes that are not trained on; or a
    /// decoding library is missing.
    /// </exception>
    public static (ImageSource Train, ImageSource HeldOut) Load(
        string folder,
        string? heldOut = null,
        SourceOptions? options = null
    )
    {
        ImageCodec.Jpeg.Require();
        ImageCodec.Png.Require();
        var name = SplitNames.Of(folder);
        try
        {
            var (train, others) = SplitNames.Find(folder, "", Directory.Exists);
            // A competition's test folder holds images that nobody has labelled.
            var found = train is null ? null : others.FirstOrDefault(other => ClassFolders(other).Length > 0);
            train ??= folder;
            heldOut ??= found;
            var classes = ClassesOf(train);
            if (heldOut is null)
            {
                return SourceSubset.Split(List(name, train, classes, options));
            }

            if (ClassFolders(heldOut).Length == 0)
            {
                throw new TResNetException(
                    $"{heldOut} holds no folders, but each class of images needs one; name the folder that holds them."
                );
            }

            var unknown = ClassFolders(heldOut).Except(classes, StringComparer.Ordinal).FirstOrDefault();
            return unknown is null
                ? (
                    List($"{name} (train)", train, classes, options),
                    List($"{name} (held out)", heldOut, classes, options)
                )
                : throw new TResNetException(
                    $"{heldOut} has a class {unknown} that {train} has not; a network can only be tested on classes it was trained on, so rename or remove it."
                );
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or IOException)
        {
            throw new TResNetException(
                $"{folder} cannot be listed ({unreadable.Message.TrimEnd('.')}); check the name and the permissions.",
                unreadable
            );
        }
    }

    private static string[] ClassesOf(string folder)
    {
        var classes = ClassFolders(folder);
        return classes.Length switch
        {
            0 => throw new TResNetException(
                $"{folder} holds no folders, but each class of images needs one; name the folder that holds them."
            ),
            1 => throw new TResNetException(
                $"{folder} holds one class, {classes[0]}, but there have to be at least two; name the folder that holds the classes."
            ),
            _ => classes,
        };
    }

    private static string[] ClassFolders(string folder) =>
        [
            .. Directory
                .EnumerateDirectories(folder, "*", Listing(deep: false))
                .Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal),
        ];

    private static FileListSource List(string name, string folder, string[] classes, SourceOptions? options)
    {
        var (files, labels) = (new List<string>(), new List<int>());
        for (var label = 0; label < classes.Length; label++)
        {
            var before = files.Count;
            var classFolder = Path.Combine(folder, classes[label]);
            if (Directory.Exists(classFolder))
            {
                files.AddRange(Images(classFolder).Select(file => Path.GetRelativePath(folder, file)));
                if (files.Count == before)
                {
                    throw new TResNetException(
                        $"{classFolder} holds no images (files named {string.Join(", ", Extensions)}); add some or remove the folder."
                    );
                }
            }

            labels.AddRange(Enumerable.Repeat(label, files.Count - before));
        }

        return new FileListSource(name, folder, classes, [.. files], FileListSource.One(labels), false, options);
    }

    /// <summary>The files of a folder before those of the folders in it, each in ordinal order.</summary>
    private static IEnumerable<string> Images(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", Listing(deep: true))
            .Where(file => Extensions.Contains(Path.GetExtension(file)))
            .OrderBy(Path.GetDirectoryName, StringComparer.Ordinal)
            .ThenBy(Path.GetFileName, StringComparer.Ordinal);

    // Hidden entries are the droppings of other programs: .ipynb_checkpoints is no class.
    private static EnumerationOptions Listing(bool deep) =>
        new()
        {
            AttributesToSkip = FileAttributes.Hidden,
            IgnoreInaccessible = false,
            RecurseSubdirectories = deep,
            MaxRecursionDepth = DeepestFolder,
        };
}
