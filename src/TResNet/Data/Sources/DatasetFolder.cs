// Where data sets are at run time: named by the user, beside the program, or in the checkout that it was built from.

using TResNet.Compute;

namespace TResNet.Data.Sources;

/// <summary>Finds the folder <c>datasets/NAME</c>.</summary>
internal static class DatasetFolder
{
    /// <summary>The environment variable that names the folder which holds the data sets.</summary>
    public const string Variable = "TRESNET_DATASETS";

    /// <summary>
    /// The folder of a data set: <c>$TRESNET_DATASETS/NAME</c> where the variable is set, else the first <c>datasets/NAME</c> going up from the
    /// folder of this library, then what its package has, then going up from the current folder.
    /// </summary>
    /// <param name="name">The data set's folder name, for example <c>fashion-mnist</c>.</param>
    /// <exception cref="TResNetException">There is no such folder.</exception>
    public static string Find(string name) =>
        Find(
            name,
            Environment.GetEnvironmentVariable(Variable),
            [.. PackageFiles.Contents(), Environment.CurrentDirectory]
        );

    internal static string Find(string name, string? named, IEnumerable<string> starts)
    {
        if (!string.IsNullOrEmpty(named))
        {
            var folder = Path.Combine(named, name);
            return Directory.Exists(folder)
                ? folder
                : throw new TResNetException(
                    $"The data folder {folder} does not exist, though {Variable} names {named}; create it or set {Variable} to the folder that holds {name}."
                );
        }

        foreach (var start in starts)
        {
            for (var at = new DirectoryInfo(start); at is not null; at = at.Parent)
            {
                var folder = Path.Combine(at.FullName, "datasets", name);
                if (Directory.Exists(folder))
                {
                    return folder;
                }
            }
        }

        throw new TResNetException(
            $"There is no folder datasets/{name} in or above {string.Join(" or ", starts.Select(Path.TrimEndingDirectorySeparator).Distinct())}; "
                + $"run from the checkout or set {Variable} to the folder that holds {name}."
        );
    }
}
