// The assemblies that a session's cells compile against. Their metadata is mapped, not read, so that the first cell does not
// wait for it, and shared by the sessions of a process.
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace Notebook.Session;

/// <summary>
/// One session's references. An assembly comes with all that it refers to: a reference that joined later would give the
/// types that mention it a second identity, and cells would find them ambiguous. For the same reason no two sessions
/// share symbols.
/// </summary>
internal sealed class References
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, AssemblyMetadata> Mapped = [];
    private static readonly Lazy<IReadOnlyList<string>> Framework = new(() => [.. FrameworkFiles()]);

    /// <summary>The assemblies that the kernel itself runs on: their files by name.</summary>
    public static readonly Lazy<IReadOnlyDictionary<string, string>> Platform = new(PlatformFiles);

    private readonly Dictionary<string, MetadataReference> known = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Starts with the base class library that this process runs on.</summary>
    public References()
    {
        foreach (var file in Framework.Value)
        {
            Add(file);
        }
    }

    /// <summary>The references so far.</summary>
    public IEnumerable<MetadataReference> All => known.Values;

    /// <summary>Adds a loaded assembly and what it refers to; one without a file cannot be referenced and is left out.</summary>
    /// <returns>Whether there was anything new.</returns>
    public bool Add(Assembly assembly) => !assembly.IsDynamic && assembly.Location.Length > 0 && Add(assembly.Location);

    /// <summary>Adds an assembly that was compiled from a cell, in place of an older one of its name.</summary>
    public void Replace(string file) => known[Path.GetFileNameWithoutExtension(file)] = Reference(file);

    private bool Add(string file)
    {
        if (!known.TryAdd(Path.GetFileNameWithoutExtension(file), Reference(file)))
        {
            return false;
        }

        foreach (var name in ReferredBy(file))
        {
            var beside = Path.Combine(Path.GetDirectoryName(file)!, name + ".dll");
            if (Platform.Value.GetValueOrDefault(name) is { } own)
            {
                Add(own);
            }
            else if (File.Exists(beside))
            {
                Add(beside);
            }
        }

        return true;
    }

    private static PortableExecutableReference Reference(string file) =>
        ((AssemblyMetadata)Map(file).Copy()).GetReference(filePath: file);

    private static AssemblyMetadata Map(string file)
    {
        lock (Gate)
        {
            if (!Mapped.TryGetValue(file, out var metadata))
            {
                metadata = AssemblyMetadata.CreateFromFile(file);
                Mapped.Add(file, metadata);
            }

            return metadata;
        }
    }

    private static List<string> ReferredBy(string file)
    {
        var reader = Map(file).GetModules()[0].GetMetadataReader();
        return
        [
            .. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name)),
        ];
    }

    private static IReadOnlyDictionary<string, string> PlatformFiles() =>
        ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .GroupBy(Path.GetFileNameWithoutExtension, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key!, group => group.First(), StringComparer.OrdinalIgnoreCase);

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
            .Where(HasTypes)
            .Order(StringComparer.Ordinal);
    }

    // Half of the files only say where types are now. They come with what refers to them: each one costs every cell memory and time.
    private static bool HasTypes(string file)
    {
        using var image = new PEReader(File.OpenRead(file));
        if (!image.HasMetadata)
        {
            return false;
        }

        var reader = image.GetMetadataReader();
        return reader.TypeDefinitions.Any(type =>
            reader.GetTypeDefinition(type).Attributes.HasFlag(TypeAttributes.Public)
        );
    }
}
