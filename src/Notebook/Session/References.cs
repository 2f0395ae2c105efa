// The assemblies that a cell compiles against. Their metadata is mapped, not read, so that the first cell does not wait for it.
using System.Reflection;
using Microsoft.CodeAnalysis;

namespace Notebook.Session;

/// <summary>Metadata references, one per file for the life of the process.</summary>
internal static class References
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, MetadataReference> Known = [];

    /// <summary>The base class library that this process runs on.</summary>
    public static IReadOnlyList<MetadataReference> Framework { get; } = FrameworkFiles().Select(Of).ToList();

    /// <summary>The reference for a loaded assembly, or null when it has no file and so cannot be referenced.</summary>
    public static MetadataReference? Of(Assembly assembly) =>
        assembly.IsDynamic || assembly.Location.Length == 0 ? null : Of(assembly.Location);

    private static MetadataReference Of(string file)
    {
        lock (Gate)
        {
            if (!Known.TryGetValue(file, out var reference))
            {
                reference = AssemblyMetadata.CreateFromFile(file).GetReference(filePath: file);
                Known.Add(file, reference);
            }

            return reference;
        }
    }

    private static IEnumerable<string> FrameworkFiles()
    {
        var folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return Directory
            .EnumerateFiles(folder, "*.dll")
            .Where(file =>
                Path.GetFileName(file) is var name
                && (
                    name.StartsWith("System.", StringComparison.Ordinal)
                    || name is "Microsoft.CSharp.dll" or "netstandard.dll" or "mscorlib.dll"
                )
            )
            .Where(IsManaged)
            .Order(StringComparer.Ordinal);
    }

    private static bool IsManaged(string file)
    {
        try
        {
            AssemblyName.GetAssemblyName(file);
            return true;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
