// Which source a path names, told by what lies there.

namespace TResNet.Data.Sources;

/// <summary>Opens images by path, whatever their arrangement.</summary>
public static class ImageSources
{
    /// <summary>
    /// Opens a CSV file, a pack (<see cref="Pack"/>), a folder with <c>train.csv</c>, CIFAR's files, MNIST's IDX files, a folder with a folder of images for
    /// each class, or a folder with one list of images.
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The images to train on and those held out.</returns>
    /// <exception cref="TResNetException">There is nothing of the kind, or it is damaged.</exception>
    public static (ImageSource Train, ImageSource Validation) Load(string path, SourceOptions? options = null) =>
        Load(path, validation: null, options);

    /// <summary>Opens images for the end, that nobody chooses by, with the classes of those to train on.</summary>
    /// <param name="path">The images to train on.</param>
    /// <param name="validation">The images to test on, where they are named; null for none.</param>
    /// <param name="test">The images for the end; null to look for a folder, a list or a part of a list that is called so beside one to test on meanwhile.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The images; null where none were named and there are none.</returns>
    /// <exception cref="TResNetException">There is nothing of the kind, it is damaged, or the two are of different kinds.</exception>
    internal static ImageSource? LoadTest(string path, string? validation, string? test, SourceOptions? options)
    {
        if (test is null && (PackOf(path) ?? ListFor(path)) is { } file)
        {
            return PackFile.IsPack(file)
                ? PackedImages.LoadTest(file, options)
                : CsvLabels.LoadTest(file, validation, options);
        }

        if ((test is null ? LastOf(path) : (path, test)) is not var (from, found))
        {
            return null;
        }

        var (train, images) = Load(from, found, options);
        const string trained = " (train)";
        var name = train.Name.EndsWith(trained, StringComparison.Ordinal) ? train.Name[..^trained.Length] : train.Name;
        return new SourceSubset(images, $"{name} (test)", [.. Enumerable.Range(0, images.Count)]);
    }

    /// <summary>Packs images into one file, as JPEG, upright, which is read faster than many. Those that cannot be read are left out and named.</summary>
    /// <param name="train">The images to train on.</param>
    /// <param name="validation">The images held out.</param>
    /// <param name="path">The file to write; it is there only when it is whole. An interrupted packing of the same images goes on where it stopped.</param>
    /// <param name="size">The shorter side in pixels to which larger images are resized, 1 to 16,384.</param>
    /// <param name="quality">JPEG's quality, 1 to 100.</param>
    /// <param name="cancel">Stops between two hundred images or so.</param>
    /// <returns>How many images the file holds.</returns>
    /// <exception cref="TResNetException">A value is out of range, the file cannot be written, or not one image to train on can be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <example><code>
    /// var (train, validation) = ImageSources.Load("flowers");
    /// ImageSources.Pack(train, validation, "flowers.pack");
    /// </code></example>
    public static int Pack(
        ImageSource train,
        ImageSource validation,
        string path,
        int size = 256,
        int quality = 90,
        CancellationToken cancel = default
    ) =>
        PackedImages.Pack(
            train,
            validation,
            path,
            new PackOptions { Size = size, Quality = quality },
            progress: null,
            cancel
        );

    /// <summary>Opens images that are held out elsewhere.</summary>
    /// <param name="path">The images to train on: a CSV file or a folder of images; or anything, where <paramref name="validation"/> is null.</param>
    /// <param name="validation">The images to test on, of the same kind; null where they are part of <paramref name="path"/>.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The images to train on and those held out.</returns>
    /// <exception cref="TResNetException">There is nothing of the kind, it is damaged, or the two are of different kinds.</exception>
    public static (ImageSource Train, ImageSource Validation) Load(
        string path,
        string? validation,
        SourceOptions? options
    )
    {
        try
        {
            if (validation is not null)
            {
                RequireSameKind(path, validation);
            }

            return File.Exists(path) ? LoadFile(path, validation, options)
                : Directory.Exists(path) ? LoadFolder(path, validation, options)
                : throw new TResNetException($"There is no folder or CSV file {path}; check the name.");
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or IOException)
        {
            throw new TResNetException(
                $"{path} cannot be listed ({unreadable.Message.TrimEnd('.')}); check the name and the permissions.",
                unreadable
            );
        }
    }

    private static (ImageSource Train, ImageSource Validation) LoadFile(
        string path,
        string? validation,
        SourceOptions? options
    ) =>
        PackFile.IsPack(path) ? PackedImages.Load(path, options)
        : IsList(path) ? CsvLabels.Load(path, validation, options)
        : throw new TResNetException(
            $"{path} is a file, but images come in a folder, in a CSV file of paths and labels, or in a pack; "
                + (
                    path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
                    || path.EndsWith(".zip", StringComparison.OrdinalIgnoreCase)
                    || path.EndsWith(".tar", StringComparison.OrdinalIgnoreCase)
                    || path.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase)
                        ? "unpack it and name the folder."
                        : "name one of these."
                )
        );

    private static (ImageSource Train, ImageSource Validation) LoadFolder(
        string path,
        string? validation,
        SourceOptions? options
    )
    {
        if (CifarFolder.IsIn(path))
        {
            return CifarFolder.Load(path, options);
        }

        if (IdxFolder.IsIn(path))
        {
            return IdxFolder.Load(path, options);
        }

        // A list beside folders may be about something else than what their images show.
        if (CsvLabels.FindIn(path) is var (train, _, _) && CsvList.HasLabels(train))
        {
            return CsvLabels.LoadFolder(path, options);
        }

        if (validation is null && CsvLabels.FindInParts(path) is var (trainList, validationList, _))
        {
            return CsvLabels.Load(trainList, validationList, options);
        }

        return validation is null && ListOf(path) is { } list
            ? CsvLabels.Load(list, validation: null, options)
            : ImageFolder.Load(path, validation, options);
    }

    /// <summary>The list that says what the images of a folder show; null where its folders do.</summary>
    private static string? ListOf(string folder)
    {
        var lists = CsvLabels.AllIn(folder);
        if (lists.Length == 0)
        {
            return null;
        }

        var layout = FolderLayout.Find(folder);
        string[] classes = [.. layout.Train.Classes.Select(each => each.Class)];
        // Folders that are called otherwise than the labels are no classes: train and test, part_1 and part_2.
        return classes.Length > 1 && (layout.IsSplit || CsvLabels.Knows(lists[0], classes)) ? null
            : lists is [var only] ? only
            : throw new TResNetException(
                $"{folder} holds several lists of its images, {ClassList.Some([.. lists.Select(list => Path.GetFileName(list))])}; name one of them."
            );
    }

    /// <summary>Lists or folders to train on and for the end, beside others to test on meanwhile.</summary>
    private static (string Train, string Test)? LastOf(string path) =>
        !Directory.Exists(path) || CifarFolder.IsIn(path) || IdxFolder.IsIn(path) ? null
        : CsvLabels.FindIn(path) is var (train, _, test) && CsvList.HasLabels(train) ? Both(train, test)
        : CsvLabels.FindInParts(path) is var (list, _, last) ? Both(list, last)
        : Both(path, FolderLayout.Find(path).Test);

    private static (string, string)? Both(string train, string? test) => test is null ? null : (train, test);

    private static string? PackOf(string path) => File.Exists(path) && PackFile.IsPack(path) ? path : null;

    /// <summary>The one list that says all of the images: a file, or what lies in a folder; null where there is none.</summary>
    private static string? ListFor(string path)
    {
        if (File.Exists(path))
        {
            return IsList(path) ? path : null;
        }

        if (!Directory.Exists(path) || CifarFolder.IsIn(path) || IdxFolder.IsIn(path))
        {
            return null;
        }

        return CsvLabels.FindIn(path) is var (train, validation, _) && CsvList.HasLabels(train)
                ? (validation is null ? train : null)
            : CsvLabels.FindInParts(path) is null ? ListOf(path)
            : null;
    }

    // A text of paths and labels is one by what is in it; a named file, so nobody is surprised.
    private static bool IsList(string path) =>
        CsvLabels.IsList(path) || path.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);

    private static bool IsFolderOfClasses(string path) =>
        Directory.Exists(path) && CsvLabels.FindIn(path) is null && !CifarFolder.IsIn(path) && !IdxFolder.IsIn(path);

    private static void RequireSameKind(string path, string validation)
    {
        var (exists, isList) = (File.Exists(validation) || Directory.Exists(validation), IsList(validation));
        if (!exists)
        {
            throw new TResNetException($"There is no folder or CSV file {validation}; check the name.");
        }

        if (isList != IsList(path) || (!isList && !IsFolderOfClasses(path)))
        {
            throw new TResNetException(
                $"{validation} cannot hold out images for {path}: name two CSV files, or two folders with a folder for each class."
            );
        }
    }
}
