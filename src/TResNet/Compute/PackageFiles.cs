namespace TResNet.Compute;

/// <summary>
/// Where this library's own files are, in each way that it is used: copied beside a program (a build, a publish, the tool), or left in its package, to
/// which a notebook refers.
/// </summary>
internal static class PackageFiles
{
    private const string KernelsPackage = "tresnet.kernels";

    /// <summary>The folder of this assembly; the program's where all is one file.</summary>
    public static string Home { get; } =
        Path.GetDirectoryName(typeof(PackageFiles).Assembly.Location) is { Length: > 0 } folder
            ? folder
            : AppContext.BaseDirectory;

    // <root>/tresnet/<version>/lib/<framework>, where it was loaded from NuGet's folder.
    private static string Package { get; } = Path.GetFullPath(Path.Combine(Home, "..", ".."));

    /// <summary>Folders that may hold what a build copies beside a program.</summary>
    public static IEnumerable<string> Contents() =>
        [Home, Path.Combine(Package, "contentFiles", "any", Path.GetFileName(Home))];

    /// <summary>Folders that may hold native libraries; they need not exist.</summary>
    public static IEnumerable<string> Natives()
    {
        yield return Home;
        var version = Path.GetFileName(Package);
        foreach (
            var folder in TorchFolders
                .PackageRoots(Home)
                .Select(root => Path.Combine(root, KernelsPackage, version))
                .Prepend(Package)
                .Prepend(Home)
        )
        {
            yield return Path.Combine(folder, TorchFolders.Natives);
        }
    }
}
