// Where the assemblies of cells live.
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.InteropServices;

namespace Notebook.Session.Assemblies;

/// <summary>Loads the assemblies of a session's cells. Safe to use from several threads.</summary>
internal sealed class CellAssemblyLoader
{
    // The runtime looks for contexts to unload in its full collections alone, and a session that makes little garbage has one in a
    // thousand cells.
    private const int CellsBeforeCollecting = 32;

    private readonly CellAssemblies assemblies;
    private readonly CellLoadContext lasting;
    private int unkept;

    public CellAssemblyLoader(CellAssemblies assemblies) => (this.assemblies, lasting) = (assemblies, new(assemblies));

    /// <summary>Loads a cell's assembly.</summary>
    /// <param name="image">The assembly.</param>
    /// <param name="symbols">Its lines, for stack traces.</param>
    /// <param name="isKept">Whether other cells may refer to it; else it goes when nothing of it is in use any more.</param>
    public Assembly Load(Stream image, Stream symbols, bool isKept)
    {
        assemblies.Refer(NamedIn(image));
        if (!isKept)
        {
            Interlocked.Increment(ref unkept);
            return new CellLoadContext(assemblies, isCollectible: true).LoadFromStream(image, symbols);
        }

        var assembly = lasting.LoadFromStream(image, symbols);
        assemblies.Register(assembly);
        return assembly;
    }

    /// <summary>Between two cells: gives the memory of those that left nothing back, in the background and not after each one.</summary>
    public void CollectUnloaded()
    {
        if (Volatile.Read(ref unkept) < CellsBeforeCollecting)
        {
            return;
        }

        Volatile.Write(ref unkept, 0);
        Task.Run(() =>
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false, compacting: false);
            TrimHeap();
        });
    }

    // The assembly of a script refers to all that it might have used.
    private static List<string> NamedIn(Stream image)
    {
        using var assembly = new PEReader(image, PEStreamOptions.LeaveOpen);
        var reader = assembly.GetMetadataReader();
        var names = (
            from handle in reader.TypeReferences
            let scope = reader.GetTypeReference(handle).ResolutionScope
            where scope.Kind == HandleKind.AssemblyReference
            select reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)scope).Name)
        ).ToList();
        image.Position = 0;
        return names;
    }

    // The C library keeps what the runtime frees; glibc's hands it over when asked, others have no such function.
    private static void TrimHeap()
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                malloc_trim(0);
            }
        }
        catch (EntryPointNotFoundException) { }
    }

    [DllImport("libc")]
    private static extern int malloc_trim(nint kept);
}
