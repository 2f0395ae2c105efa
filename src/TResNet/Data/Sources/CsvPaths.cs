// Where the images of a list lie: where it says, or in a folder beside it, or without the ending that it left out, or below another root.

namespace TResNet.Data.Sources;

/// <summary>Finds the files that a list names.</summary>
internal sealed class CsvPaths
{
    private const int LookedAt = 50;

    // A list in somebody's home shall not have all of that searched.
    private const int Deepest = 3;
    private const int MostFiles = 2_000_000;

    private readonly string folder;
    private readonly bool areThere;
    private readonly Lazy<ILookup<string, string>> byName;
    private readonly Lazy<ILookup<string, string>> byStem;

    /// <param name="list">The list.</param>
    /// <param name="lines">Its lines.</param>
    public CsvPaths(string list, IReadOnlyList<CsvLine> lines)
    {
        folder = Path.GetDirectoryName(Path.GetFullPath(list))!;
        var files = new Lazy<string[]>(() => [.. Below(folder).Take(MostFiles)]);
        byName = new(() => files.Value.ToLookup(file => Path.GetFileName(file), StringComparer.Ordinal));
        byStem = new(() => files.Value.ToLookup(Path.GetFileNameWithoutExtension, StringComparer.Ordinal)!);
        areThere = lines.Take(LookedAt).Any(line => line.Fields.Any(field => IsThere(field.Trim())));
    }

    /// <summary>What paths are relative to.</summary>
    public string Folder => folder;

    /// <summary>Whether a field names an image, as the fields of this list do.</summary>
    public bool Exists(string field) => IsThere(field) || (!areThere && Search(field) is not null);

    /// <summary>The path of an image, relative to the list's folder where it lies below; as it is written where there is none.</summary>
    public string Of(string field) => IsThere(field) ? Native(field) : Search(field) ?? field;

    private bool IsThere(string field) =>
        field.Length > 0 && !field.Contains('\0') && File.Exists(Path.Combine(folder, Native(field)));

    // Lists are made on Windows, too.
    private string Native(string field) =>
        field.Contains('\\') && !File.Exists(Path.Combine(folder, field)) ? field.Replace('\\', '/') : field;

    /// <summary>The only image that is called so, with or without its ending; of several the one whose folders are those of the field.</summary>
    private string? Search(string field)
    {
        var path = field.Replace('\\', '/');
        var name = Path.GetFileName(path);
        if (name.Length == 0)
        {
            return null;
        }

        string[] found = [.. byName.Value[name]];
        found = found.Length > 0 ? found : [.. byStem.Value[name]];
        if (found.Length < 2)
        {
            return found.FirstOrDefault();
        }

        string[] within =
        [
            .. found.Where(file => EndsWith(file, path) || EndsWith(Path.ChangeExtension(file, null), path)),
        ];
        return within is [var one] ? one : null;

        static bool EndsWith(string file, string path) => $"/{file}".EndsWith($"/{path}", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Below(string folder) =>
        Directory
            .EnumerateFiles(
                folder,
                "*",
                new EnumerationOptions
                {
                    RecurseSubdirectories = true,
                    MaxRecursionDepth = Deepest,
                    IgnoreInaccessible = true,
                    AttributesToSkip = FileAttributes.Hidden | FileAttributes.ReparsePoint,
                }
            )
            .Where(ImageFileNames.Has)
            .Select(file => Path.GetRelativePath(folder, file));
}
