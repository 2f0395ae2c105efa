// ECMA-335, II.22.5 (AssemblyRef) and II.24.2.6 (the width of indices).
using System.IO.MemoryMappedFiles;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace Notebook.Session.Assemblies;

/// <summary>
/// An assembly as the compiler sees it, some of what it refers to left open whatever else is referenced: these references get a
/// culture, and no code has one.
/// </summary>
internal static class PartialMetadata
{
    /// <summary>Reads an assembly's metadata, mapped and not copied.</summary>
    /// <param name="file">The assembly.</param>
    /// <param name="hidden">The names of the references to leave open.</param>
    /// <param name="types">The full names of types to hide.</param>
    public static ModuleMetadata Read(string file, HashSet<string> hidden, IReadOnlyCollection<string> types)
    {
        using var image = new PEReader(File.OpenRead(file));
        var (start, size) = (image.PEHeaders.MetadataStartOffset, image.PEHeaders.MetadataSize);
        using var mapped = MemoryMappedFile.CreateFromFile(
            file,
            FileMode.Open,
            mapName: null,
            0,
            MemoryMappedFileAccess.Read
        );
        var view = mapped.CreateViewAccessor(0, 0, MemoryMappedFileAccess.CopyOnWrite);
        var reader = image.GetMetadataReader();
        var open = reader.GetHeapOffset(reader.GetAssemblyDefinition().Name);
        foreach (var (name, culture) in Cultures(reader).Where(each => hidden.Contains(each.Name)))
        {
            if (culture.Width == sizeof(uint))
            {
                view.Write(start + culture.Offset, (uint)open);
            }
            else
            {
                view.Write(start + culture.Offset, (ushort)open);
            }
        }

        foreach (var offset in TypesNamed(reader, types))
        {
            view.Write(start + offset, view.ReadUInt32(start + offset) & ~(uint)TypeAttributes.VisibilityMask);
        }

        return ModuleMetadata.CreateFromMetadata(
            view.SafeMemoryMappedViewHandle.DangerousGetHandle() + start,
            size,
            view.Dispose
        );
    }

    /// <summary>Where the metadata has the flags of types.</summary>
    private static IEnumerable<int> TypesNamed(MetadataReader reader, IReadOnlyCollection<string> names) =>
        from handle in reader.TypeDefinitions
        let type = reader.GetTypeDefinition(handle)
        where names.Contains($"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}")
        select reader.GetTableMetadataOffset(TableIndex.TypeDef)
            + reader.GetTableRowSize(TableIndex.TypeDef) * (reader.GetRowNumber(handle) - 1);

    /// <summary>Where the metadata says which culture each reference is for.</summary>
    private static IEnumerable<(string Name, (int Offset, int Width) Culture)> Cultures(MetadataReader reader)
    {
        const int Small = 0xFFFF;
        const int BeforeKey = 4 * sizeof(ushort) + sizeof(uint);
        var (table, row) = (
            reader.GetTableMetadataOffset(TableIndex.AssemblyRef),
            reader.GetTableRowSize(TableIndex.AssemblyRef)
        );
        var text = reader.GetHeapSize(HeapIndex.String) > Small ? sizeof(uint) : sizeof(ushort);
        var key = (row - BeforeKey - 2 * text) / 2;
        return reader.AssemblyReferences.Select(handle =>
            (
                reader.GetString(reader.GetAssemblyReference(handle).Name),
                (table + row * (reader.GetRowNumber(handle) - 1) + BeforeKey + key + text, text)
            )
        );
    }
}
