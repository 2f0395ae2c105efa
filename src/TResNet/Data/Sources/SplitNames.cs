// What people call the parts of a data set: Training and Testing, seg_train and seg_test, training_set, Val.

namespace TResNet.Data.Sources;

/// <summary>Recognises the parts of a data set by their names.</summary>
internal static class SplitNames
{
    private static readonly string[] Train = ["train", "training", "trn", "trainset", "trainingset", "traindata"];

    // In the order in which they are taken: what is for choosing comes before what is for the end.
    private static readonly string[] Validation =
    [
        "val",
        "valid",
        "validation",
        "dev",
        "eval",
        "evaluation",
        "valset",
        "validationset",
        "test",
        "testing",
        "tst",
        "testset",
    ];

    private static readonly string[] Test = ["test", "testing", "tst", "testset"];

    private static readonly char[] Separators = ['_', '-', ' ', '.'];

    /// <summary>Whether a name is that of the part to train on, in any capitals.</summary>
    public static bool IsTrain(string name) => Rank(name, Train) is not null;

    /// <summary>Whether a name is that of a part to test on.</summary>
    public static bool IsValidation(string name) => Rank(name, Validation) is not null;

    /// <summary>Whether a name is that of a part for the end, which nobody chooses by where another is for that.</summary>
    public static bool IsTest(string name) => Rank(name, Test) is not null;

    /// <summary>Chooses among names.</summary>
    /// <param name="names">The names.</param>
    /// <returns>The part to train on, null where there is none, and those that may be held out, the best first.</returns>
    public static (string? Train, IReadOnlyList<string> Validation) Find(IReadOnlyList<string> names) =>
        (Ranked(names, Train).FirstOrDefault(), [.. Ranked(names.Where(name => !IsTrain(name)), Validation)]);

    /// <summary>A folder's own name, for a data set that is called after it.</summary>
    public static string Of(string folder) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    private static IEnumerable<string> Ranked(IEnumerable<string> names, string[] words) =>
        names
            .Select(name => (Name: name, Rank: Rank(name, words)))
            .Where(each => each.Rank is not null)
            .OrderBy(each => each.Rank)
            .ThenBy(each => each.Name, StringComparer.Ordinal)
            .Select(each => each.Name);

    /// <summary>The place of a name among words: a whole name before one that has the word as its first or last part; null where it is none of them.</summary>
    private static int? Rank(string name, string[] words)
    {
        var lower = name.ToLowerInvariant();
        var whole = Array.IndexOf(words, lower);
        if (whole >= 0)
        {
            return whole;
        }

        var parts = lower.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length is < 2 or > 4)
        {
            return null;
        }

        var part = Math.Max(Array.IndexOf(words, parts[0]), Array.IndexOf(words, parts[^1]));
        return part < 0 ? null : words.Length + part;
    }
}
