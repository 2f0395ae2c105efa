// What people call the two parts of a data set.

namespace TResNet.Data.Sources;

/// <summary>The parts of a data set in a folder: <c>train</c>, and <c>val</c> or one of its other names.</summary>
internal static class SplitNames
{
    private static readonly string[] HeldOut = ["val", "valid", "validation", "test"];

    /// <summary>The path of the part to train on, null where there is none, and of those that may be held out.</summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="suffix">What follows the part's name: <c>.csv</c>, or nothing for folders.</param>
    /// <param name="exists">Whether a path is there and of the kind that is looked for.</param>
    public static (string? Train, IReadOnlyList<string> HeldOut) Find(
        string folder,
        string suffix,
        Func<string, bool> exists
    )
    {
        return (Existing(["train"]).FirstOrDefault(), [.. Existing(HeldOut)]);

        IEnumerable<string> Existing(string[] parts) =>
            parts.Select(part => Path.Combine(folder, part + suffix)).Where(exists);
    }

    /// <summary>A folder's own name, for a data set that is called after it.</summary>
    public static string Of(string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
}
