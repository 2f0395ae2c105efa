// The binary version of CIFAR-10 and CIFAR-100 (A. Krizhevsky, "Learning multiple layers of features from tiny images", 2009;
// www.cs.toronto.edu/~kriz/cifar.html): records of one label byte (CIFAR-100: a coarse and a fine one) and 32 x 32 red, green and blue bytes.

namespace TResNet.Data.Sources;

/// <summary>A folder with CIFAR's binary files: <c>cifar-10-batches-bin</c> or <c>cifar-100-binary</c>, or one that holds such a folder.</summary>
public static class CifarFolder
{
    private static readonly CifarVersion[] Versions =
    [
        new(
            "CIFAR-10",
            "cifar-10-batches-bin",
            10,
            LabelBytes: 1,
            "batches.meta.txt",
            [.. Enumerable.Range(1, 5).Select(i => $"data_batch_{i}.bin")],
            "test_batch.bin"
        ),
        new("CIFAR-100", "cifar-100-binary", 100, LabelBytes: 2, "fine_label_names.txt", ["train.bin"], "test.bin"),
    ];

    /// <summary>Loads both parts into memory: 180 MB for the full data set.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How to read; null for the defaults.</param>
    /// <returns>The training images and those held out, CIFAR's test images; of CIFAR-100 with the fine labels.</returns>
    /// <exception cref="TResNetException">A file is missing, damaged, or of another kind.</exception>
    public static (ImageSource Train, ImageSource HeldOut) Load(string folder, SourceOptions? options = null)
    {
        var (version, at) =
            Find(folder)
            ?? throw new TResNetException(
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
    internal static bool IsIn(string folder) => Find(folder) is not null;

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
            throw new TResNetException(
                $"{path} cannot be read ({unreadable.Message.TrimEnd('.')}); check the disk and its permissions.",
                unreadable
            );
        }
    }

    private sealed record CifarVersion(
        string Name,
        string Folder,
        int Classes,
        int LabelBytes,
        string Names,
        string[] Train,
        string Test
    );
}
