using System.Reflection;
using System.Runtime.Loader;

namespace Notebook.Session.Assemblies;

/// <summary>Where code of a session lives: it finds what the session knows, then the framework, and never what the kernel runs on.</summary>
/// <param name="assemblies">What the session knows.</param>
/// <param name="name">Its name, for debuggers.</param>
/// <param name="isCollectible">Whether it goes when nothing of it is in use any more.</param>
/// <param name="ofKernel">Names that mean the kernel's own assemblies here, whatever the session knows by them; null for none.</param>
internal sealed class CellLoadContext(
    CellAssemblies assemblies,
    string? name = null,
    bool isCollectible = false,
    IReadOnlySet<string>? ofKernel = null
) : AssemblyLoadContext(name, isCollectible)
{
    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName asked) =>
        ofKernel?.Contains(asked.Name ?? "") == true ? null
        : assemblies.Find(asked) is { } found ? found
        : ProcessAssemblies.OwnFile(asked.Name ?? "") is not null ? throw Hidden(asked)
        : null;

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string library) => assemblies.Native.Find(library);

    private static FileNotFoundException Hidden(AssemblyName asked) =>
        new(
            $"{asked.Name} is not referenced: the kernel has a copy for itself, which cells do not see. Reference its package with #r \"nuget: ...\".",
            asked.FullName
        );
}
