namespace Tests;

/// <summary>The program <c>tresnet</c> as users start it: compiled ahead of time, which the copy beside the tests is not.</summary>
internal static class BuiltProgram
{
    /// <summary>Its file, which <c>dotnet</c> runs.</summary>
    public static string Location { get; } = Path.Combine(Folder(), "TResNet.Cli.dll");

    // Of tests/PROJECT/bin/Release/net10.0.
    private static string Folder()
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var configuration = framework.Parent!;
        var root = configuration.Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(root.FullName, "src", "TResNet.Cli", "bin", configuration.Name, framework.Name);
    }
}
