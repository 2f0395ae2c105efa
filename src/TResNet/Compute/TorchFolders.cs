namespace TResNet.Compute;

/// <summary>Where the files of TorchSharp's packages may lie.</summary>
internal static class TorchFolders
{
    public const string Natives = "runtimes/linux-x64/native";

    /// <summary>The build writes beside each program where NuGet restored to; whoever starts it may have another home (Directory.Build.targets).</summary>
    private const string RestoredTo = "NuGetPackageRoot.txt";

    /// <summary>Folders to look into, the nearest first; they need not exist.</summary>
    /// <param name="home">The folder of TorchSharp.dll.</param>
    /// <param name="version">TorchSharp's version, whose bridge is wanted.</param>
    public static IEnumerable<string> Of(string home, string version)
    {
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string list)
        {
            foreach (var folder in list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            {
                yield return folder;
            }
        }

        foreach (var folder in new[] { home, AppContext.BaseDirectory })
        {
            yield return folder;
            yield return Path.Combine(folder, Natives);
        }

        foreach (var root in PackageRoots(home).Where(Directory.Exists))
        {
            yield return Path.Combine(root, "torchsharp", version, Natives);
            // That for CUDA lies in many packages, and a build copies it beside the program (buildTransitive/TResNet.targets).
            foreach (var folder in Versions(root, "libtorch-cpu-linux-x64"))
            {
                yield return Path.Combine(folder, Natives);
            }
        }
    }

    private static string? PackageRootOfBuild(string folder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, RestoredTo)).Trim();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string?> Candidates(string home)
    {
        // <root>/torchsharp/<version>/lib/<framework>, where TorchSharp.dll was loaded from the cache.
        yield return Path.GetFullPath(Path.Combine(home, "../../../.."));
        foreach (var fallback in (Environment.GetEnvironmentVariable("NUGET_FALLBACK_PACKAGES") ?? "").Split(';'))
        {
            yield return fallback;
        }

        // As NuGet has it: where this is set, no other folder counts but those.
        if (Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } set)
        {
            yield return set;
            yield break;
        }

        yield return PackageRootOfBuild(home);
        yield return PackageRootOfBuild(AppContext.BaseDirectory);
        yield return Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
    }

    /// <summary>NuGet's folders of packages, the nearest first; they need not exist.</summary>
    /// <param name="home">The folder of an assembly that may have been loaded from one of them.</param>
    public static IEnumerable<string> PackageRoots(string home) => Candidates(home).OfType<string>().Distinct();

    /// <summary>The folders of a package's versions, the newest first.</summary>
    /// <param name="root">Where packages are.</param>
    /// <param name="package">Its name in lower case, which may have a <c>*</c> in it.</param>
    internal static IEnumerable<string> Versions(string root, string package)
    {
        try
        {
            return Directory
                .GetDirectories(root, package)
                .SelectMany(Directory.GetDirectories)
                .OrderByDescending(folder =>
                    Version.TryParse(Path.GetFileName(folder), out var parsed) ? parsed : new()
                )
                .ToArray();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
