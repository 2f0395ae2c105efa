// MNIST's four files, whose names Fashion-MNIST, KMNIST and others kept.

using TResNet.Data.Sources;

namespace TResNet.Data;

/// <summary>A folder with MNIST's four IDX files: <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>, and the same with <c>t10k</c>; plain or <c>.gz</c>.</summary>
public static class IdxFolder
{
    private static readonly string[] TrainFiles = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"];

    /// <summary>Loads both parts into memory.</summary>
    /// <param name="folder">The folder.</param>
    /// <returns>The training images and the held-out ones; classes are named by their numbers.</returns>
    /// <exception cref="TResNetException">A file is missing or damaged.</exception>
    public static (ImageDataset Train, ImageDataset HeldOut) Load(string folder) => Read(folder);

    /// <summary>Loads both parts into memory, as images that are transformed one by one.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The training images and the held-out ones; classes are named by their numbers.</returns>
    /// <exception cref="TResNetException">A file is missing or damaged.</exception>
    public static (ImageSource Train, ImageSource HeldOut) LoadSources(string folder, SourceOptions? options = null)
    {
        var (train, heldOut) = Read(folder);
        return (new IdxSource(train, options), new IdxSource(heldOut, options));
    }

    /// <summary>Whether a folder holds MNIST's training files, or one of them.</summary>
    /// <param name="folder">The folder, which need not be there.</param>
    public static bool IsIn(string folder) =>
        TrainFiles
            .Select(file => Path.Combine(folder, file))
            .Any(file => File.Exists(file) || File.Exists(file + ".gz"));

    private static (IdxDataset Train, IdxDataset HeldOut) Read(string folder)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var trainLabels = IdxFile.Read(Find(folder, "train-labels-idx1-ubyte"), rank: 1);
        var count = trainLabels.Data.IsEmpty ? 1 : trainLabels.Data.ToArray().Max() + 1;
        string[] classes = [.. Enumerable.Range(0, count).Select(label => $"{label}")];
        return (ReadPart($"{name} (train)", "train"), ReadPart($"{name} (held out)", "t10k"));

        IdxDataset ReadPart(string title, string part) =>
            IdxDataset.Read(
                title,
                classes,
                Find(folder, $"{part}-images-idx3-ubyte"),
                Find(folder, $"{part}-labels-idx1-ubyte"),
                labels => [.. Enumerable.Range(0, labels.Length)]
            );
    }

    private static string Find(string folder, string file)
    {
        var path = Path.Combine(folder, file);
        return File.Exists(path) ? path
            : File.Exists(path + ".gz") ? path + ".gz"
            : throw new TResNetException(
                $"{folder} holds no {file} (nor {file}.gz); a data folder has MNIST's four files: images and labels, train and t10k."
            );
    }
}
