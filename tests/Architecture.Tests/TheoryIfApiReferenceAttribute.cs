namespace Architecture.Tests;

/// <summary>A theory about the API reference, skipped where <c>./build.sh docs</c> has not made it of what is compiled now.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TheoryIfApiReferenceAttribute : TheoryAttribute
{
    public static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "site", "api");

    public TheoryIfApiReferenceAttribute()
    {
        var made = File.GetLastWriteTimeUtc(Path.Combine(Folder, "index.html"));
        var compiled = File.GetLastWriteTimeUtc(Path.Combine(AppContext.BaseDirectory, "TResNet.dll"));
        Skip =
            made > compiled
                ? null
                : "./build.sh docs makes the API reference, which is not there or older than the libraries.";
    }

    public static string Page(string name) => Path.Combine(Folder, "reference", name);
}
