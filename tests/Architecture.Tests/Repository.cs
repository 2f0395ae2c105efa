namespace Architecture.Tests;

/// <summary>The folder that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its path.</summary>
    public static string Root { get; } = Find();

    /// <summary>The files of a project below <c>src/</c>, without what builds have made.</summary>
    public static IReadOnlyList<string> SourceFiles(string project)
    {
        var folder = Path.Combine(Root, "src", project);
        var files = Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file =>
                Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj")
            )
            .ToArray();
        Assert.NotEmpty(files);
        return files;
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Notebooks.sln")))
        {
            folder = folder.Parent!;
        }

        return folder.FullName;
    }
}
