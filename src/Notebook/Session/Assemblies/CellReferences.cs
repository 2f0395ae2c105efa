// The assemblies that a session's cells compile against. Their metadata is mapped, not read, so that the first cell does not
// wait for it, and shared by the sessions of a process.
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;

namespace Notebook.Session.Assemblies;

/// <summary>
/// One session's references. An assembly comes with all that it refers to: a reference that joined later would give the
/// types that mention it a second identity, and cells would find them ambiguous. For the same reason no two sessions
/// share symbols.
/// </summary>
internal sealed class CellReferences
{
    // Formatting's own way to display speaks to .NET Interactive's kernel, and would be ambiguous with ours.
    private static readonly string[] HiddenTypes = ["System.DisplayExtensions"];

    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, AssemblyMetadata> Mapped = [];
    private static readonly Lazy<IReadOnlyList<string>> Framework = new(() => [.. FrameworkFiles()]);

    private readonly Dictionary<string, string> files = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, MetadataReference> references = new(StringComparer.Ordinal);

    /// <summary>Starts with the base class library that this process runs on.</summary>
    public CellReferences()
    {
        foreach (var file in Framework.Value)
        {
            Add(file);
        }
    }

    /// <summary>The references so far. What the kernel shares is complete when they are first asked for.</summary>
    public IReadOnlyList<MetadataReference> All => [.. files.Values.Select(ReferenceOf)];

    /// <summary>Adds a loaded assembly and what it refers to; one without a file cannot be referenced and is left out.</summary>
    /// <returns>Whether there was anything new.</returns>
    public bool Add(Assembly assembly)
    {
        if (assembly.IsDynamic || assembly.Location.Length == 0)
        {
            return false;
        }

        // A package's newer copy of one of the framework's takes its place.
        if (
            files.TryGetValue(NameOf(assembly.Location), out var before)
            && before == ProcessAssemblies.FrameworkFile(NameOf(before))
            && AssemblyLoadContext.GetLoadContext(assembly) != AssemblyLoadContext.Default
        )
        {
            Replace(assembly.Location);
            return true;
        }

        return Add(assembly.Location);
    }

    /// <summary>Adds an assembly that was compiled from a cell, in place of an older one of its name.</summary>
    public void Replace(string file) => files[NameOf(file)] = file;

    /// <summary>The names of the assemblies that one refers to, with the versions it was built on.</summary>
    public static IReadOnlyList<AssemblyName> ReferredBy(string file)
    {
        var reader = Map(file).GetModules()[0].GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(handle => reader.GetAssemblyReference(handle).GetAssemblyName())];
    }

    private bool Add(string file)
    {
        if (!files.TryAdd(NameOf(file), file))
        {
            return false;
        }

        foreach (var name in ReferredBy(file).Select(each => each.Name!))
        {
            var beside = Path.Combine(Path.GetDirectoryName(file)!, name + ".dll");
            if (ProcessAssemblies.FrameworkFile(name) is { } shared)
            {
                Add(shared);
            }
            else if (!IsOwn(file) && File.Exists(beside))
            {
                Add(beside);
            }
        }

        return true;
    }

    private MetadataReference ReferenceOf(string file)
    {
        if (!references.TryGetValue(file, out var reference))
        {
            reference = ((AssemblyMetadata)Map(file, HiddenFrom(file)).Copy()).GetReference(filePath: file);
            references.Add(file, reference);
        }

        return reference;
    }

    // A package may bring another version of what a shared assembly uses inside. Bound to that, the shared assembly's types would be new ones to
    // the compiler, and those of earlier cells strangers to them.
    private HashSet<string>? HiddenFrom(string file) =>
        IsOwn(file)
            ?
            [
                .. ReferredBy(file)
                    .Select(each => each.Name!)
                    .Where(name => ProcessAssemblies.OwnFile(name) is { } own && files.GetValueOrDefault(name) != own),
            ]
            : null;

    private static bool IsOwn(string file) => ProcessAssemblies.OwnFile(NameOf(file)) == file;

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file);

    private static AssemblyMetadata Map(string file, HashSet<string>? hidden = null)
    {
        var key = hidden is null ? file : string.Join('|', hidden.Order(StringComparer.Ordinal).Prepend(file + '|'));
        lock (Gate)
        {
            if (!Mapped.TryGetValue(key, out var metadata))
            {
                metadata = hidden is not null
                    ? AssemblyMetadata.Create(PartialMetadata.Read(file, hidden, HiddenTypes))
                    : AssemblyMetadata.CreateFromFile(file);
                Mapped.Add(key, metadata);
            }

            return metadata;
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
