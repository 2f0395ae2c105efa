// What an assembly's name means to the code of a session: to cells, to their libraries, to packages. The kernel keeps what it runs on to itself, so
// a package may bring another version of it. What both sides see is the framework, and what was registered from the kernel's side.
using System.Reflection;
using System.Runtime.Loader;
using Notebook.Session.Variables;

namespace Notebook.Session.Assemblies;

/// <summary>The assemblies that a session's code finds by name. Safe to use from several threads.</summary>
internal sealed class CellAssemblies
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Assembly> known = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<Assembly> aloof = [];
    private readonly HashSet<string> referred = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Func<Assembly>> offered = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The native libraries that packages brought.</summary>
    public NativeLibraries Native { get; } = new();

    /// <summary>Lets the session's code find an assembly wherever it was loaded, in place of an older one of its name.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="isAloof">Whether what it refers to stays its own affair, for its public members mention none of that.</param>
    public void Register(Assembly assembly, bool isAloof = false)
    {
        lock (gate)
        {
            known[assembly.GetName().Name!] = assembly;
            if (isAloof)
            {
                aloof.Add(assembly);
            }
        }
    }

    /// <summary>Lets the session's code find an assembly that is loaded when it is first asked for.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="load">Loads it.</param>
    /// <param name="culture">The culture whose words it holds; empty for code.</param>
    public void Offer(string name, Func<Assembly> load, string culture = "")
    {
        lock (gate)
        {
            offered[Key(name, culture)] = load;
            if (culture.Length == 0 && ProcessAssemblies.FrameworkFile(name) is not null)
            {
                known.Remove(name);
            }
        }
    }

    /// <summary>Notes the assemblies that code of the session refers to.</summary>
    public void Refer(IEnumerable<string> names)
    {
        lock (gate)
        {
            referred.UnionWith(names);
        }
    }

    /// <summary>Whether any of the session's code refers to an assembly.</summary>
    public bool IsReferred(string name)
    {
        lock (gate)
        {
            return referred.Contains(name);
        }
    }

    /// <summary>What the kernel and the session's code have in common under a name; null where they have not.</summary>
    public Assembly? Shared(string name)
    {
        lock (gate)
        {
            return
                known.TryGetValue(name, out var assembly)
                && AssemblyLoadContext.GetLoadContext(assembly) == AssemblyLoadContext.Default
                ? assembly
                : null;
        }
    }

    /// <summary>What the assemblies that the kernel shares refer to, so that there can be one alone.</summary>
    public HashSet<string> Mentioned()
    {
        lock (gate)
        {
            return known
                .Values.Where(assembly =>
                    assembly != typeof(CellGlobals).Assembly
                    && !aloof.Contains(assembly)
                    && ProcessAssemblies.OwnFile(assembly.GetName().Name!) is not null
                    && AssemblyLoadContext.GetLoadContext(assembly) == AssemblyLoadContext.Default
                )
                .SelectMany(assembly => assembly.GetReferencedAssemblies())
                .Select(each => each.Name!)
                .ToHashSet(StringComparer.OrdinalIgnoreCase);
        }
    }

    /// <summary>Finds what was registered or offered; null for any other name.</summary>
    public Assembly? Find(AssemblyName asked)
    {
        var (name, culture) = (asked.Name ?? "", asked.CultureName ?? "");
        Func<Assembly>? load;
        lock (gate)
        {
            if (culture.Length == 0 && known.TryGetValue(name, out var assembly))
            {
                return assembly;
            }

            load = offered.GetValueOrDefault(Key(name, culture));
        }

        return load?.Invoke();
    }

    private static string Key(string name, string culture) => culture.Length == 0 ? name : $"{culture}/{name}";
}
