// The assemblies that this process was started with: the framework's, which everybody shares, and those that the program runs on.
namespace Notebook.Session.Assemblies;

/// <summary>Tells the framework's assemblies from the program's own.</summary>
internal static class ProcessAssemblies
{
    private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";

    // Microsoft.NETCore.App/10.0.0 and Microsoft.AspNetCore.App/10.0.0 stand in one folder, shared/.
    private static readonly string SharedFolder = Path.GetFullPath(Path.Combine(FrameworkFolder, "..", ".."));

    private static readonly Lazy<IReadOnlyDictionary<string, string>> Files = new(() =>
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .GroupBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key!, group => group.First(), StringComparer.OrdinalIgnoreCase)
    );

    /// <summary>The file of one of the framework's assemblies; null for any other name.</summary>
    public static string? FrameworkFile(string name) =>
        Files.Value.TryGetValue(name, out var file) && IsFramework(file) ? file : null;

    /// <summary>The file of an assembly that the program brought for itself; null for any other name.</summary>
    public static string? OwnFile(string name) =>
        Files.Value.TryGetValue(name, out var file) && !IsFramework(file) ? file : null;

    /// <summary>The framework's assemblies that refer to one of these, directly or through others.</summary>
    public static HashSet<string> DependentsOf(IReadOnlyCollection<string> names)
    {
        var open = Files
            .Value.Values.Where(IsFramework)
            .Select(file => (Name: Path.GetFileNameWithoutExtension(file), Needs: CellReferences.ReferredBy(file)))
            .ToList();
        var found = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase);
        while (open.RemoveAll(each => found.Contains(each.Name)) > 0)
        {
            found.UnionWith(
                open.Where(each => each.Needs.Any(need => found.Contains(need.Name!)))
                    .Select(each => each.Name)
                    .ToList()
            );
        }

        found.ExceptWith(names);
        return found;
    }

    private static bool IsFramework(string file) =>
        Path.GetDirectoryName(file) is var folder
        && FrameworkFolder != Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)
            ? folder!.StartsWith(SharedFolder, StringComparison.Ordinal)
            : IsFrameworkName(Path.GetFileNameWithoutExtension(file));

    // A program that is published with the framework has all in one folder.
    private static bool IsFrameworkName(string name) =>
        name is "netstandard" or "mscorlib" or "WindowsBase" or "Microsoft.CSharp" or "System"
        || name is not "System.CommandLine" && name.StartsWith("System.", StringComparison.Ordinal)
        || new[] { "Microsoft.AspNetCore.", "Microsoft.Extensions.", "Microsoft.VisualBasic", "Microsoft.Win32." }.Any(
            each => name.StartsWith(each, StringComparison.Ordinal)
        );
}
