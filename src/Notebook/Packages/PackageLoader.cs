// Assemblies of packages live in a context of their own, so that they may be other versions of what the kernel runs on. What both sides must
// share stays the kernel's: what was registered from its side, and the framework unless the package's copy is newer.
using System.Reflection;
using System.Runtime.Loader;
using Notebook.Session.Assemblies;

namespace Notebook.Packages;

/// <summary>Loads the assemblies of packages, and finds their native libraries.</summary>
internal sealed class PackageLoader : IDisposable
{
    private static readonly string Abstractions = typeof(INotebook).Assembly.GetName().Name!;

    private readonly CellAssemblies assemblies;
    private readonly CellLoadContext ordinary;
    private readonly CellLoadContext extensions;
    private readonly HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RestoredPackage> loaded = new(StringComparer.OrdinalIgnoreCase);

    public PackageLoader(CellAssemblies assemblies)
    {
        this.assemblies = assemblies;
        ordinary = new(assemblies, "packages");
        // Commands are handed to the kernel, so they have to be the kernel's.
        extensions = new(
            assemblies,
            "extensions",
            ofKernel: typeof(INotebook)
                .Assembly.GetReferencedAssemblies()
                .Select(each => each.Name!)
                .Where(each => ProcessAssemblies.OwnFile(each) is not null)
                .ToHashSet()
        );
        AssemblyLoadContext.Default.Resolving += Resolve;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += ResolveNative;
    }

    /// <summary>Loads what a restore chose.</summary>
    /// <returns>The assemblies that are new, and sentences on those that are not as they were asked for.</returns>
    /// <exception cref="CommandException">One has another version than what is loaded already; nothing was loaded.</exception>
    public (IReadOnlyList<Assembly> Assemblies, IReadOnlyList<string> Notes) Load(PackageAssets assets)
    {
        RequireSameVersions(assets);
        assemblies.Native.Add(assets.Native);
        var files = Newest(assets.Runtime).Where(each => taken.Add(AssemblyFile.NameOf(each.Path))).ToList();
        var newer = NewerThanFramework(files.Select(each => each.Path));
        var again = OfferAgain(newer);
        var (fresh, notes) = (new List<Assembly>(), new List<string>());
        foreach (var (path, package) in files)
        {
            var name = AssemblyFile.NameOf(path);
            var framework = ProcessAssemblies.FrameworkFile(name);
            if (newer.Contains(path) || framework is null && assemblies.Shared(name) is null)
            {
                if (TryLoad(path) is { } assembly)
                {
                    fresh.Add(assembly);
                    notes.AddRange(BuiltOnNewer(path, package));
                }

                continue;
            }

            var here = framework ?? assemblies.Shared(name)!.Location;
            if (
                framework is null
                    ? AssemblyFile.IsNewer(path, here)
                    : AssemblyFile.VersionOf(path) > AssemblyFile.VersionOf(here)
            )
            {
                notes.Add(
                    $"{package.Name} {package.Version} brings {name} {AssemblyFile.ExactVersion(path)}: the kernel and its cells have to share one, and this session stays on {AssemblyFile.ExactVersion(here)}."
                );
            }

            if (framework is not null)
            {
                fresh.Add(
                    again.Contains(name)
                        ? ordinary.LoadFromAssemblyPath(framework)
                        : AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(name))
                );
            }
        }

        foreach (var (path, culture) in assets.Resources)
        {
            assemblies.Offer(AssemblyFile.NameOf(path), () => ordinary.LoadFromAssemblyPath(path), culture);
        }

        foreach (var package in assets.Packages)
        {
            loaded[package.Name] = package;
        }

        fresh.ForEach(each => assemblies.Register(each));
        if (newer.Count > 0)
        {
            notes.Add(
                $"Cells and packages use {AssemblyFile.NameAndVersion(newer.First())}{(newer.Count == 1 ? "" : $" and {newer.Count - 1} more")} in the place of the framework's; the framework itself and the kernel go on with theirs."
            );
        }

        return (fresh, notes);
    }

    /// <summary>Loads an assembly from a file, and later what lies beside it.</summary>
    /// <exception cref="CommandException">There is no such file, or it is no assembly.</exception>
    public Assembly LoadFile(string file)
    {
        var path = Path.GetFullPath(file);
        if (!File.Exists(path))
        {
            throw new CommandException(
                $"There is no file {path} to reference: check the path, which begins at {Directory.GetCurrentDirectory()}."
            );
        }

        if (assemblies.Shared(AssemblyFile.NameOf(path)) is { } shared)
        {
            return shared;
        }

        var folder = Path.GetDirectoryName(path)!;
        foreach (
            var beside in Directory
                .EnumerateFiles(folder, "*.dll")
                .Where(each => ProcessAssemblies.FrameworkFile(AssemblyFile.NameOf(each)) is null)
        )
        {
            assemblies.Offer(AssemblyFile.NameOf(beside), () => ContextOf(beside).LoadFromAssemblyPath(beside));
        }

        assemblies.Native.Add(folder);
        try
        {
            assemblies.Refer(CellReferences.ReferredBy(path).Select(each => each.Name!));
            return ContextOf(path).LoadFromAssemblyPath(path);
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException)
        {
            throw new CommandException(
                $"{path} cannot be referenced: it is no .NET assembly, or another version of it is loaded.",
                exception
            );
        }
    }

    /// <summary>Until it is disposed, assemblies that are loaded by name are those of packages.</summary>
    public AssemblyLoadContext.ContextualReflectionScope EnterReflection() => ordinary.EnterContextualReflection();

    /// <inheritdoc/>
    public void Dispose()
    {
        AssemblyLoadContext.Default.Resolving -= Resolve;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll -= ResolveNative;
    }

    private void RequireSameVersions(PackageAssets assets)
    {
        foreach (var package in assets.Packages)
        {
            if (loaded.TryGetValue(package.Name, out var before) && before.Version != package.Version)
            {
                throw new CommandException(
                    $"This session has loaded {package.Name} {before.Version}, and what is asked for now needs {package.Version}: "
                        + "restart the kernel, and reference both in its first cell."
                );
            }
        }
    }

    // Two packages may bring one assembly; a build takes the newer one too.
    private static IEnumerable<(string Path, RestoredPackage Package)> Newest(
        IEnumerable<(string Path, RestoredPackage Package)> files
    ) =>
        files
            .GroupBy(each => AssemblyFile.NameOf(each.Path), StringComparer.OrdinalIgnoreCase)
            .Select(group =>
                group.Count() == 1 ? group.First() : group.MaxBy(each => AssemblyFile.VersionOf(each.Path))
            );

    private HashSet<string> NewerThanFramework(IEnumerable<string> files)
    {
        var mentioned = assemblies.Mentioned();
        return
        [
            .. files.Where(path =>
                ProcessAssemblies.FrameworkFile(AssemblyFile.NameOf(path)) is { } own
                && AssemblyFile.VersionOf(path) > AssemblyFile.VersionOf(own)
                && !mentioned.Contains(AssemblyFile.NameOf(path))
            ),
        ];
    }

    // What of the framework refers to what is newer now has to be there once more, on top of that.
    private HashSet<string> OfferAgain(HashSet<string> newer)
    {
        if (newer.Count == 0)
        {
            return [];
        }

        var again = ProcessAssemblies.DependentsOf([.. newer.Select(AssemblyFile.NameOf)]);
        again.ExceptWith(assemblies.Mentioned());
        foreach (var name in again)
        {
            assemblies.Offer(name, () => ordinary.LoadFromAssemblyPath(ProcessAssemblies.FrameworkFile(name)!));
        }

        return again;
    }

    private IEnumerable<string> BuiltOnNewer(string path, RestoredPackage package) =>
        from asked in CellReferences.ReferredBy(path)
        let shared = assemblies.Shared(asked.Name!)
        where shared is not null && asked.Version > shared.GetName().Version
        select $"{package.Name} {package.Version} was built on {asked.Name} {asked.Version}, and this session runs {shared.GetName().Version}: what is new in it is missing.";

    private Assembly? TryLoad(string path)
    {
        try
        {
            var assembly = ContextOf(path).LoadFromAssemblyPath(path);
            assemblies.Refer(CellReferences.ReferredBy(path).Select(each => each.Name!));
            return assembly;
        }
        catch (BadImageFormatException)
        {
            return null; // a file of resources, or one for another machine
        }
    }

    private CellLoadContext ContextOf(string path) =>
        AssemblyFile.VersionOf(path) is not null
        && CellReferences.ReferredBy(path).Any(each => each.Name == Abstractions)
            ? extensions
            : ordinary;

    // What the framework looks for by name on behalf of a package.
    private Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) => assemblies.Find(name);

    private nint ResolveNative(Assembly assembly, string name) => assemblies.Native.Find(name);
}
