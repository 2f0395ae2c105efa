// The binary version of CIFAR-10 and CIFAR-100 (A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009;
// www.cs.toronto.edu/~kriz/cifar.html): records of one label byte (CIFAR-100: a coarse and a fine one) and 32 x 32 red, green and blue bytes.

using TResNet.Files;

namespace TResNet.Data.Sources;

/// <summary>A folder with CIFAR's binary files: <c>cifar-10-batches-bin</c> or <c>cifar-100-binary</c>, or one that holds such a folder.</summary>
internal static class CifarFolder
{
    private static readonly CifarVersion[] Versions =
    [
        new(
            "CIFAR-10",
            "cifar-10-batches-bin",
            "cifar-10-batches-py",
            "cifar-10-binary.tar.gz",
            10,
            LabelBytes: 1,
            "batches.meta.txt",
            [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")],
            "test_batch.bin"
        ),
        new(
            "CIFAR-100",
            "cifar-100-binary",
            "cifar-100-python",
            "cifar-100-binary.tar.gz",
            100,
            LabelBytes: 2,
            "fine_label_names.txt",
            ["train.bin"],
            "test.bin"
        ),
    ];

    /// <summary>Loads both parts into memory: 180 MB for the full data set.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The training images and those held out, CIFAR's test images; of CIFAR-100 with the fine labels.</returns>
    /// <exception cref="TResNetException">A file is missing, damaged, or of another kind.</exception>
    public static (ImageSource Train, ImageSource Validation) Load(string folder, SourceOptions? options = null)
    {
        var (version, at) =
            Find(folder)
            ?? throw OtherVersion(folder)
                ?? new TResNetException(
                    $"{folder} holds neither data_batch_1.bin nor train.bin; a CIFAR folder has the files of the binary version."
                );
        string[] classes =
        [
            .. Read(at, version.Names, File.ReadAllLines).Select(line => line.Trim()).Where(line => line.Length > 0),
        ];
        if (classes.Length != version.Classes)
        {
            throw new TResNetException(
                $"{Path.Combine(at, version.Names)} names {classes.Length} classes, but {version.Name} has {version.Classes}; copy or download it again."
            );
        }

        return (
            new CifarSource($"{version.Name} (train)", classes, Records(version.Train), version.LabelBytes, options),
            new CifarSource($"{version.Name} (held out)", classes, Records([version.Test]), version.LabelBytes, options)
        );

        (string, byte[])[] Records(string[] files) =>
            [.. files.Select(file => (Path.Combine(at, file), Read(at, file, File.ReadAllBytes)))];
    }

    /// <summary>Whether a folder holds CIFAR's files.</summary>
    internal static bool IsIn(string folder) => Find(folder) is not null || OtherVersion(folder) is not null;

    /// <summary>The sentence about a folder with CIFAR for Python or Matlab, or an archive that nobody has unpacked; null where there is none.</summary>
    private static TResNetException? OtherVersion(string folder)
    {
        foreach (var version in Versions)
        {
            foreach (var at in new[] { folder, Path.Combine(folder, version.PythonFolder) })
            {
                // Without an ending they are pickles, beside which lies another that names the classes.
                var train = Path.GetFileNameWithoutExtension(version.Train[0]);
                var test = Path.GetFileNameWithoutExtension(version.Test);
                if (File.Exists(Path.Combine(at, train)) && File.Exists(Path.Combine(at, test)))
                {
                    return Other(at, $"holds {version.Name} for Python, in pickles", version);
                }

                if (File.Exists(Path.Combine(at, train + ".mat")) && File.Exists(Path.Combine(at, test + ".mat")))
                {
                    return Other(at, $"holds {version.Name} for Matlab", version);
                }
            }

            if (File.Exists(Path.Combine(folder, version.Archive)))
            {
                return new TResNetException(
                    $"{Path.Combine(folder, version.Archive)} is not unpacked: run `tar -xzf {version.Archive}` there and name {version.Folder}."
                );
            }

            var python = Path.Combine(folder, version.PythonArchive);
            if (File.Exists(python))
            {
                return Other(python, $"is {version.Name} for Python", version);
            }
        }

        return null;

        static TResNetException Other(string at, string what, CifarVersion version) =>
            new(
                $"{at} {what}, but the binary version is read: download {version.Archive} from https://www.cs.toronto.edu/~kriz/cifar.html, unpack it and name {version.Folder}."
            );
    }

    private static (CifarVersion Version, string Folder)? Find(string folder)
    {
        foreach (var version in Versions)
        {
            foreach (var at in new[] { folder, Path.Combine(folder, version.Folder) })
            {
                if (File.Exists(Path.Combine(at, version.Train[0])))
                {
                    return (version, at);
                }
            }
        }

        return null;
    }

    private static T Read<T>(string folder, string file, Func<string, T> read)
    {
        var path = Path.Combine(folder, file);
        try
        {
            return read(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new TResNetException(
                $"{folder} holds no {file}, which belongs to CIFAR; copy or download it again.",
                missing
            );
        }
        catch (Exception unreadable) when (unreadable is UnauthorizedAccessException or IOException)
        {
            throw ReadFailure.Of(path, unreadable);
        }
    }

    private sealed record CifarVersion(
        string Name,
        string Folder,
        string PythonFolder,
        string Archive,
        int Classes,
        int LabelBytes,
        string Names,
        string[] Train,
        string Test
    )
    {
        public string PythonArchive => Archive.Replace("binary", "python", StringComparison.Ordinal);
    }
}
