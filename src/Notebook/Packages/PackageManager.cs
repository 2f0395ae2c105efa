using System.Reflection;
using Notebook.Running;
using Notebook.Session;

namespace Notebook.Packages;

/// <summary>The packages and files that the cells of a session referenced.</summary>
/// <param name="restore">Restores packages.</param>
/// <param name="reference">Makes an assembly usable from cells.</param>
/// <param name="run">Runs the cells of a package's <c>extension.dib</c>.</param>
/// <param name="load">Loads the extensions of an assembly.</param>
internal sealed class PackageManager(
    PackageRestore restore,
    Action<Assembly> reference,
    Func<string, CancellationToken, Task> run,
    Func<Assembly, int> load
) : IDisposable
{
    private readonly Dictionary<string, string?> asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> extended = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> sources = [];
    private readonly PackageLoader loader = new();

    /// <summary>Does what a cell's directives ask for, and shows what it did.</summary>
    /// <exception cref="CommandException">Something cannot be had; what the session referenced before stays.</exception>
    public async Task AddAsync(ReferenceDirectives directives, CancellationToken cancellation)
    {
        sources.AddRange(directives.Sources.Except(sources));
        foreach (var file in directives.Files)
        {
            reference(loader.LoadFile(file));
        }

        if (directives.Packages.Count > 0)
        {
            await RestoreAsync(directives.Packages, cancellation);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => loader.Dispose();

    private async Task RestoreAsync(
        IReadOnlyList<(string Name, string? Version)> packages,
        CancellationToken cancellation
    )
    {
        // One restore for all that was ever asked for: it finds versions that go together, or says which do not.
        var all = new Dictionary<string, string?>(asked, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, version) in packages)
        {
            if (version is not null || !all.ContainsKey(name))
            {
                all[name] = version;
            }
        }

        var names = packages.Select(package => package.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var line = DisplayedValue.Show($"Restoring {string.Join(", ", names)}…");
        var assets = await restore.RunAsync([.. all.Select(each => (each.Key, each.Value))], sources, cancellation);
        foreach (var assembly in loader.Load(assets))
        {
            reference(assembly);
        }

        // What is loaded stays: later restores have to fit to it.
        foreach (var package in assets.Packages.Where(package => all.ContainsKey(package.Name)))
        {
            asked[package.Name] = package.Version;
        }

        var restored = assets.Packages.Where(package => names.Contains(package.Name)).ToList();
        line.Update(
            $"Referenced {string.Join(", ", restored.Select(package => $"{package.Name} {package.Version}"))}."
        );
        foreach (var package in assets.Packages.Where(package => extended.Add(package.Name)))
        {
            await ExtendAsync(package, cancellation);
        }
    }

    // .NET Interactive's convention: a folder of assemblies with extensions, and a notebook that is run.
    private async Task ExtendAsync(RestoredPackage package, CancellationToken cancellation)
    {
        var folder = Path.Combine(package.Folder, "interactive-extensions", "dotnet");
        if (!Directory.Exists(folder))
        {
            return;
        }

        var libraries = Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal).ToList();
        var found = libraries.Sum(file => load(loader.LoadFile(file)));
        var notebook = Path.Combine(folder, "extension.dib");
        if (File.Exists(notebook))
        {
            await run(notebook, cancellation);
        }
        else if (libraries.Count > 0 && found == 0)
        {
            DisplayedValue.Show(
                $"{package.Name} brings an extension for .NET Interactive, which this kernel is not: its types can be used, its magics and formatters have to be "
                    + "registered by hand."
            );
        }
    }
}
