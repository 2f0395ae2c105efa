// Which source a path names, told by what lies there.

namespace TResNet.Data.Sources;

/// <summary>Opens images by path, whatever their arrangement.</summary>
public static class ImageSources
{
    /// <summary>
    /// Opens a CSV file (<see cref="CsvLabels"/>), a folder with <c>train.csv</c>, CIFAR's binary files (<see cref="CifarFolder"/>), MNIST's IDX
    /// files (<see cref="IdxFolder"/>), or a folder of images (<see cref="ImageFolder"/>).
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The images to train on and those held out.</returns>
    /// <exception cref="TResNetException">There is nothing of the kind, or it is damaged.</exception>
    public static (ImageSource Train, ImageSource HeldOut) Load(string path, SourceOptions? options = null)
    {
        if (File.Exists(path))
        {
            return path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
                ? CsvLabels.Load(path, heldOut: null, options)
                : throw new TResNetException(
                    $"{path} is a file, but images come in a folder or in a CSV file of paths and labels; name one of these."
                );
        }

        if (!Directory.Exists(path))
        {
            throw new TResNetException($"There is no folder or CSV file {path}; check the name.");
        }

        return CsvLabels.IsIn(path) ? CsvLabels.LoadFolder(path, options)
            : CifarFolder.IsIn(path) ? CifarFolder.Load(path, options)
            : IdxFolder.IsIn(path) ? IdxFolder.LoadSources(path, options)
            : ImageFolder.Load(path, options);
    }
}
