using System.Reflection;
using System.Runtime.InteropServices;
using Notebook.Session.Execution;

namespace Notebook.Packages;

/// <summary>The packages and files that the cells of a session referenced.</summary>
/// <param name="restore">Restores packages.</param>
/// <param name="loader">Loads their assemblies.</param>
/// <param name="reference">Makes an assembly usable from cells.</param>
/// <param name="extensions">Loads what packages bring for notebooks.</param>
internal sealed class PackageManager(
    PackageRestore restore,
    PackageLoader loader,
    Action<Assembly> reference,
    PackageExtensions extensions
)
{
    private readonly Dictionary<string, string?> asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> extended = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> sources = [];
    private readonly List<ProvidedPackage> provided = [];
    private readonly List<(string Name, Action<Assembly> Then)> awaited = [];

    /// <summary>Adds a package that is part of the program.</summary>
    public void Provide(ProvidedPackage package) => provided.Add(package);

    /// <summary>Calls back when an assembly of a name has been referenced, and what came with it.</summary>
    public void WhenReferenced(string name, Action<Assembly> then) => awaited.Add((name, then));

    /// <summary>Does what a cell's directives ask for, and shows what it did.</summary>
    /// <exception cref="CommandException">Something cannot be had; what the session referenced before stays.</exception>
    public async Task AddAsync(ReferenceDirectives directives, CancellationToken cancellation)
    {
        sources.AddRange(directives.Sources.Except(sources));
        foreach (var file in directives.Files)
        {
            var assembly = loader.LoadFile(file);
            reference(assembly);
            Tell([assembly]);
        }

        var wanted = new List<(string Name, string? Version)>();
        foreach (var (name, version) in directives.Packages)
        {
            if (provided.Find(each => each.Is(name)) is { } here)
            {
                ShownValue.Show(here.Sentence(name, version));
            }
            else
            {
                wanted.Add((name, version));
            }
        }

        if (wanted.Count > 0)
        {
            await RestoreAsync(wanted, cancellation);
        }
    }

    private async Task RestoreAsync(
        IReadOnlyList<(string Name, string? Version)> packages,
        CancellationToken cancellation
    )
    {
        // One restore for all that was ever asked for: it finds versions that go together, or says which do not.
        var all = new Dictionary<string, string?>(asked, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, version) in packages)
        {
            if (!all.TryGetValue(name, out var before) || version is not null && !IsOf(before, version))
            {
                all[name] = version;
            }
        }

        var names = packages.Select(package => package.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        IDisplayedValue line = ShownValue.Show($"Restoring {string.Join(", ", names)}…");
        var assets = await restore.RunAsync(
            [.. all.Select(each => (each.Key, each.Value))],
            sources,
            [.. provided.Select(each => each.Id).Where(each => !each.EndsWith('*'))],
            cancellation
        );
        var (fresh, notes) = loader.Load(assets);
        foreach (var assembly in fresh)
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
        foreach (var note in assets.Notes.Concat(notes).Concat(Empty(assets) ? [NothingIn(restored)] : []))
        {
            ShownValue.Show(note);
        }

        foreach (var package in assets.Packages.Where(package => extended.Add(package.Name)))
        {
            await extensions.LoadAsync(package, cancellation);
        }

        Tell(fresh);
    }

    private void Tell(IReadOnlyList<Assembly> referenced)
    {
        foreach (var (name, then) in awaited)
        {
            if (referenced.FirstOrDefault(each => each.GetName().Name == name) is { } assembly)
            {
                then(assembly);
            }
        }
    }

    private static bool Empty(PackageAssets assets) => assets.Runtime.Count + assets.Native.Count == 0;

    private static string NothingIn(IEnumerable<RestoredPackage> packages) =>
        $"{string.Join(" and ", packages.Select(package => package.Name))}: nothing in it is for .NET {Environment.Version.Major} on {RuntimeInformation.RuntimeIdentifier}, so cells can use nothing of it.";

    /// <summary>Whether a loaded version is among those that a pattern such as <c>1.*</c> asks for.</summary>
    private static bool IsOf(string? version, string pattern) =>
        version is not null
        && pattern.EndsWith('*')
        && version.StartsWith(pattern[..^1].TrimEnd('-'), StringComparison.OrdinalIgnoreCase);
}
