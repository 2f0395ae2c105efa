// Which source a path names, told by what lies there.

namespace TResNet.Data.Sources;

/// <summary>Opens images by path, whatever their arrangement.</summary>
public static class ImageSources
{
    /// <summary>
    /// Opens a CSV file (<see cref="CsvLabels"/>), a pack (<see cref="PackedImages"/>), a folder with <c>train.csv</c>, CIFAR's binary files (<see cref="CifarFolder"/>), MNIST's IDX
    /// files (<see cref="IdxFolder"/>), or a folder of images (<see cref="ImageFolder"/>).
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The images to train on and those held out.</returns>
    /// <exception cref="TResNetException">There is nothing of the kind, or it is damaged.</exception>
    public static (ImageSource Train, ImageSource HeldOut) Load(string path, SourceOptions? options = null) =>
        Load(path, heldOut: null, options);

    /// <summary>Opens images that are held out elsewhere.</summary>
    /// <param name="path">The images to train on: a CSV file or a folder of images; or anything, where <paramref name="heldOut"/> is null.</param>
    /// <param name="heldOut">The images to test on, of the same kind; null where they are part of <paramref name="path"/>.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The images to train on and those held out.</returns>
    /// <exception cref="TResNetException">There is nothing of the kind, it is damaged, or the two are of different kinds.</exception>
    public static (ImageSource Train, ImageSource HeldOut) Load(string path, string? heldOut, SourceOptions? options)
    {
        if (heldOut is not null)
        {
            RequireSameKind(path, heldOut);
        }

        if (File.Exists(path))
        {
            return PackFile.IsPack(path) ? PackedImages.Load(path, options)
                : IsCsv(path) ? CsvLabels.Load(path, heldOut, options)
                : throw new TResNetException(
                    $"{path} is a file, but images come in a folder, in a CSV file of paths and labels, or in a pack; name one of these."
                );
        }

        if (!Directory.Exists(path))
        {
            throw new TResNetException($"There is no folder or CSV file {path}; check the name.");
        }

        return CsvLabels.IsIn(path) ? CsvLabels.LoadFolder(path, options)
            : CifarFolder.IsIn(path) ? CifarFolder.Load(path, options)
            : IdxFolder.IsIn(path) ? IdxFolder.LoadSources(path, options)
            : ImageFolder.Load(path, heldOut, options);
    }

    private static bool IsCsv(string path) => path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);

    private static void RequireSameKind(string path, string heldOut)
    {
        var (exists, isCsv) = (File.Exists(heldOut) || Directory.Exists(heldOut), IsCsv(heldOut));
        if (!exists)
        {
            throw new TResNetException($"There is no folder or CSV file {heldOut}; check the name.");
        }

        var isFolder =
            Directory.Exists(path) && !CsvLabels.IsIn(path) && !CifarFolder.IsIn(path) && !IdxFolder.IsIn(path);
        if (isCsv != IsCsv(path) || (!isCsv && !isFolder))
        {
            throw new TResNetException(
                $"{heldOut} cannot hold out images for {path}: name two CSV files, or two folders with a folder for each class."
            );
        }
    }
}
