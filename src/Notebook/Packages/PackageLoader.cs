// Assemblies of packages live in the context of the kernel itself, so that a type is the same type for everybody. What the kernel runs on it
// keeps; a package that needs a newer version of it is refused with a sentence.
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Notebook.Session;

namespace Notebook.Packages;

/// <summary>Loads the assemblies of packages, and finds their native libraries.</summary>
internal sealed class PackageLoader : IDisposable
{
    private readonly Dictionary<string, string> managed = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, RestoredPackage> loaded = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> native = [];

    public PackageLoader()
    {
        AssemblyLoadContext.Default.Resolving += Resolve;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += ResolveNative;
    }

    /// <summary>Loads what a restore chose.</summary>
    /// <returns>The assemblies that are new, in order.</returns>
    /// <exception cref="CommandException">One has another version than what is loaded already; nothing was loaded.</exception>
    public IReadOnlyList<Assembly> Load(PackageAssets assets)
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

        foreach (var (path, package) in assets.Runtime)
        {
            RequireNoClash(path, package);
        }

        native.AddRange(assets.Native.Except(native));
        var fresh = assets
            .Runtime.Where(each =>
                !References.Platform.Value.ContainsKey(NameOf(each.Path))
                && managed.TryAdd(NameOf(each.Path), each.Path)
            )
            .ToList();
        foreach (var package in assets.Packages)
        {
            loaded[package.Name] = package;
        }

        return [.. fresh.Select(each => TryLoad(each.Path)).OfType<Assembly>()];
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

        foreach (var beside in Directory.EnumerateFiles(Path.GetDirectoryName(path)!, "*.dll"))
        {
            managed.TryAdd(NameOf(beside), beside);
        }

        native.Add(Path.GetDirectoryName(path)!);
        try
        {
            return Assembly.LoadFrom(path);
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException)
        {
            throw new CommandException(
                $"{path} cannot be referenced: it is no .NET assembly, or another version of it is loaded.",
                exception
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        AssemblyLoadContext.Default.Resolving -= Resolve;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll -= ResolveNative;
    }

    private static void RequireNoClash(string path, RestoredPackage package)
    {
        if (
            References.Platform.Value.TryGetValue(NameOf(path), out var own)
            && VersionOf(path) is { } asked
            && VersionOf(own) is { } here
            && asked > here
        )
        {
            throw new CommandException(
                $"{package.Name} {package.Version} brings {NameOf(path)} {asked}, and the kernel itself runs on {here}, of which there can be one: "
                    + $"ask for an older version of {package.Name}, or of the package that needs it."
            );
        }
    }

    private static Assembly? TryLoad(string path)
    {
        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyPath(path);
        }
        catch (BadImageFormatException)
        {
            return null; // a file of resources, or one for another machine
        }
    }

    private Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        name.Name is { } simple && managed.TryGetValue(simple, out var path)
            ? context.LoadFromAssemblyPath(path)
            : null;

    private nint ResolveNative(Assembly assembly, string name)
    {
        string[] spellings = [name, $"lib{name}.so", $"{name}.so", $"lib{name}.dylib", $"{name}.dylib", $"{name}.dll"];
        var files = native.SelectMany(each =>
            Directory.Exists(each) ? spellings.Select(spelling => Path.Combine(each, spelling)).Where(File.Exists)
            : spellings.Contains(Path.GetFileName(each)) ? [each]
            : Enumerable.Empty<string>()
        );
        return files
            .Select(file => NativeLibrary.TryLoad(file, out var handle) ? handle : 0)
            .FirstOrDefault(handle => handle != 0);
    }

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(path);

    private static Version? VersionOf(string path)
    {
        try
        {
            return AssemblyName.GetAssemblyName(path).Version;
        }
        catch (BadImageFormatException)
        {
            return null;
        }
    }
}
