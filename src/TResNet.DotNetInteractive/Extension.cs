// Microsoft's host runs interactive-extensions/dotnet/extension.dib of a package, which calls this. Until the handler stands, nothing here may touch a type
// of an assembly that the handler has to find.
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.DotNet.Interactive;

namespace TResNet.DotNetInteractive;

/// <summary>Brings TResNet into .NET Interactive: its magics as directives, its formatters, its names in C# cells, and a libtorch that loads.</summary>
/// <example><code>await TResNet.DotNetInteractive.Extension.LoadAsync(Microsoft.DotNet.Interactive.Kernel.Root);</code></example>
public static class Extension
{
    private static int isPrepared;

    /// <summary>Loads it.</summary>
    /// <param name="kernel">Any kernel of the host; the magics come to the root of it, the names to its C#.</param>
    /// <exception cref="InvalidOperationException">The host has no kernel for C#.</exception>
    public static Task LoadAsync(Kernel kernel)
    {
        if (Interlocked.Exchange(ref isPrepared, 1) == 0)
        {
            AssemblyLoadContext.Default.Resolving += (_, name) => HostsOwn(name);
            if (
                AssemblyLoadContext.GetLoadContext(typeof(Extension).Assembly) is { } own
                && own != AssemblyLoadContext.Default
            )
            {
                own.Resolving += (_, name) => HostsOwn(name);
            }
        }

        return LoadIntoAsync(kernel);
    }

    // The host's own System.CommandLine 2.0.0 and FSharp.Core 10.0 serve whoever was built on a newer one; without this, the runtime refuses both, and the
    // cell never answers.
    private static Assembly? HostsOwn(AssemblyName asked) =>
        asked.Version is not null && asked.Name is "System.CommandLine" or "FSharp.Core"
            ? AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(asked.Name!))
            : null;

    [MethodImpl(MethodImplOptions.NoInlining)] // for it needs what the handler finds
    private static Task LoadIntoAsync(Kernel kernel) => KernelNotebook.LoadAsync(kernel);
}
