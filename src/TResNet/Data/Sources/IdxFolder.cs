// MNIST's four files, whose names Fashion-MNIST, KMNIST and others kept.

namespace TResNet.Data.Sources;

/// <summary>
/// A folder with MNIST's four IDX files: <c>train-images-idx3-ubyte</c>, <c>train-labels-idx1-ubyte</c>, and the same with <c>t10k</c> or <c>test</c>; with a
/// dot before <c>idx</c>, with something before their names (<c>emnist-letters-</c>), plain or <c>.gz</c>, in the folder or in <c>raw</c> within it.
/// </summary>
internal static class IdxFolder
{
    private const string TrainPart = "train";
    private static readonly string[] ValidationParts = ["t10k", "test"];

    // Windows' own rules let ? stand for no dot.
    private static readonly EnumerationOptions Simple = new() { MatchType = MatchType.Simple };
    private static readonly string[] Places = ["", "raw", "MNIST/raw"];

    /// <summary>Loads both parts into memory.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The training images and the validation ones; classes are named by their numbers.</returns>
    /// <exception cref="TResNetException">A file is missing or damaged.</exception>
    public static (ImageSource Train, ImageSource Validation) Load(string folder, SourceOptions? options = null)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var place = PlaceOf(folder) ?? folder;
        var trainLabels = IdxFile.Read(Find(place, [TrainPart], "labels"), rank: 1);
        var count = trainLabels.Data.IsEmpty ? 1 : trainLabels.Data.ToArray().Max() + 1;
        string[] classes = [.. Enumerable.Range(0, count).Select(label => $"{label}")];
        return (ReadPart($"{name} (train)", [TrainPart]), ReadPart($"{name} (held out)", ValidationParts));

        IdxSource ReadPart(string title, string[] parts) =>
            IdxSource.Read(
                title,
                classes,
                Find(place, parts, "images"),
                Find(place, parts, "labels"),
                labels => [.. Enumerable.Range(0, labels.Length)],
                options
            );
    }

    /// <summary>Whether a folder holds MNIST's training files, or one of them.</summary>
    /// <param name="folder">The folder, which need not be there.</param>
    public static bool IsIn(string folder) => PlaceOf(folder) is not null;

    private static string? PlaceOf(string folder) =>
        Places
            .Select(place => Path.Combine(folder, place))
            .FirstOrDefault(place =>
                Directory.Exists(place)
                && (
                    Candidates(place, TrainPart, "images").Length > 0
                    || Candidates(place, TrainPart, "labels").Length > 0
                )
            );

    private static string Find(string folder, string[] parts, string what)
    {
        foreach (var part in parts)
        {
            switch (Candidates(folder, part, what))
            {
                case [var only]:
                    return only;
                case [var one, var other, ..]:
                    throw new TResNetException(
                        $"{folder} holds both {Path.GetFileName(one)} and {Path.GetFileName(other)}; move the files of the data set that you mean to a folder of their own."
                    );
            }
        }

        var file = $"{parts[0]}-{what}-{Kind(what)}";
        throw new TResNetException(
            $"{folder} holds no {file} (nor {file}.gz); a data folder has MNIST's four files: images and labels, train and t10k."
        );
    }

    /// <summary>The files that hold something, the unpacked one of two alike.</summary>
    private static string[] Candidates(string folder, string part, string what) =>
        [
            .. Directory
                .EnumerateFiles(folder, $"*{part}-{what}?{Kind(what)}*", Simple)
                .Where(file => Ending(file).EndsWith(Kind(what), StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)
                .DistinctBy(Ending),
        ];

    private static string Ending(string file) =>
        file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^".gz".Length] : file;

    private static string Kind(string what) => what == "images" ? "idx3-ubyte" : "idx1-ubyte";
}
