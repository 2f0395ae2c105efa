// The assemblies that cells were compiled to. One whose types are written again takes the place of the one before, under the same name with a higher
// version: the compiler then sees the newer one alone, also for what earlier cells refer to.
using System.Reflection;
using Microsoft.CodeAnalysis;
using Notebook.Session.Assemblies;
using Notebook.Session.Errors;

namespace Notebook.Session.Compiler;

/// <summary>Compiles and loads the libraries of a session's cells.</summary>
internal sealed class CellLibraries(CellAssemblies assemblies) : IDisposable
{
    private readonly Lazy<DirectoryInfo> folder = new(() => Directory.CreateTempSubdirectory("notebook-cells-"));
    private readonly List<(string Name, int Version, IReadOnlySet<string> Types)> built = [];

    /// <summary>Compiles and loads a library.</summary>
    /// <param name="library">The library.</param>
    /// <param name="cell">What stack traces call it.</param>
    /// <param name="references">What it may use.</param>
    /// <param name="usings">The usings of the session, as code.</param>
    /// <param name="cancellation">Stops the compiler.</param>
    /// <returns>The assembly and its file, or what does not compile.</returns>
    public (Assembly? Assembly, string File, IReadOnlyList<CellDiagnostic> Errors) Add(
        CellLibrary library,
        string cell,
        IEnumerable<MetadataReference> references,
        string usings,
        CancellationToken cancellation
    )
    {
        var types = library.Types;
        var before = built.FindLast(each => each.Types.Overlaps(types));
        var (name, version) = before.Name is null ? ($"Cells{built.Count + 1}", 1) : (before.Name, before.Version + 1);
        var file = Path.Combine(folder.Value.CreateSubdirectory($"{version}").FullName, name + ".dll");
        var known = references.Where(each =>
            Path.GetFileNameWithoutExtension((each as PortableExecutableReference)?.FilePath) != name
        );
        var errors = library.Compile(file, version, cell, known, usings, cancellation);
        if (errors.Count > 0)
        {
            return (null, file, errors);
        }

        var assembly = new CellLoadContext(assemblies, $"{name} {version}").LoadFromAssemblyPath(file);
        built.Add((name, version, types));
        assemblies.Refer(assembly.GetReferencedAssemblies().Select(each => each.Name!));
        assemblies.Register(assembly);
        return (assembly, file, []);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (folder.IsValueCreated)
        {
            folder.Value.Delete(recursive: true);
        }
    }
}
