// project.assets.json: what a restore chose, and which of the packages' files count for this framework and this machine.
using System.Text.Json;

namespace Notebook.Packages;

/// <summary>What a restore chose.</summary>
/// <param name="Packages">The packages, those that others need included.</param>
/// <param name="Runtime">Assemblies to compile against and to load, absolute, each with its package.</param>
/// <param name="Resources">Assemblies of words in the language of a culture, absolute.</param>
/// <param name="Native">Native libraries, absolute.</param>
/// <param name="Notes">Sentences on what was found otherwise than it was asked for.</param>
internal sealed record PackageAssets(
    IReadOnlyList<RestoredPackage> Packages,
    IReadOnlyList<(string Path, RestoredPackage Package)> Runtime,
    IReadOnlyList<(string Path, string Culture)> Resources,
    IReadOnlyList<string> Native,
    IReadOnlyList<string> Notes
)
{
    /// <summary>Whether NuGet's cache still holds the files.</summary>
    public bool AreThere => Native.Concat(Runtime.Select(each => each.Path)).All(File.Exists);

    /// <summary>Reads the file that a restore wrote; null when it is not there or not whole, or the restore failed.</summary>
    public static PackageAssets? Read(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            return Failed(json.RootElement) ? null : Read(json.RootElement);
        }
        catch (Exception exception)
            when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    // A restore that fails writes the file too, without what it did not find.
    private static bool Failed(JsonElement root) =>
        Logs(root).Any(each => each.GetProperty("level").GetString() == "Error");

    private static IEnumerable<JsonElement> Logs(JsonElement root) =>
        root.TryGetProperty("logs", out var logs) ? logs.EnumerateArray() : [];

    private static PackageAssets Read(JsonElement root)
    {
        string[] folders = [.. root.GetProperty("packageFolders").EnumerateObject().Select(each => each.Name)];
        var target = root.GetProperty("targets").EnumerateObject().MaxBy(each => each.Name.Length).Value;
        var (packages, native) = (new List<RestoredPackage>(), new List<string>());
        var resources = new List<(string, string)>();
        var runtime = new List<(string, RestoredPackage)>();
        foreach (
            var library in target
                .EnumerateObject()
                .Where(each => each.Value.GetProperty("type").GetString() == "package")
        )
        {
            var (name, version) = (library.Name.Split('/')[0], library.Name.Split('/')[1]);
            var path = root.GetProperty("libraries").GetProperty(library.Name).GetProperty("path").GetString()!;
            var folder =
                folders.Select(each => Path.Combine(each, path)).FirstOrDefault(Directory.Exists)
                ?? Path.Combine(folders[0], path);
            var package = new RestoredPackage(name, version, folder);
            packages.Add(package);
            runtime.AddRange(Files(library.Value, "runtime").Select(each => (Path.Combine(folder, each), package)));
            resources.AddRange(
                Files(library.Value, "resource")
                    .Select(each => (Path.Combine(folder, each), Path.GetFileName(Path.GetDirectoryName(each)!)))
            );
            native.AddRange(Files(library.Value, "native").Select(each => Path.Combine(folder, each)));
        }

        var notes = Logs(root).Select(each => NuGetErrors.Note(each.GetProperty("message").GetString() ?? ""));
        return new PackageAssets(packages, runtime, resources, native, [.. notes.OfType<string>().Distinct()]);
    }

    // A package that has nothing for this framework says so with a file called _._.
    private static IEnumerable<string> Files(JsonElement library, string kind) =>
        library.TryGetProperty(kind, out var files)
            ? files.EnumerateObject().Select(each => each.Name).Where(each => Path.GetFileName(each) != "_._")
            : [];
}
