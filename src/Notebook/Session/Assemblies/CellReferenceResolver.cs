using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Scripting;

namespace Notebook.Session.Assemblies;

/// <summary>Finds what <c>#r "System.Xml"</c> names and what assemblies lack, and never what the kernel runs on.</summary>
internal sealed class CellReferenceResolver : MetadataReferenceResolver
{
    private readonly MetadataReferenceResolver all = ScriptMetadataResolver.Default;

    /// <inheritdoc/>
    public override bool ResolveMissingAssemblies => all.ResolveMissingAssemblies;

    /// <inheritdoc/>
    public override ImmutableArray<PortableExecutableReference> ResolveReference(
        string reference,
        string? baseFilePath,
        MetadataReferenceProperties properties
    ) => [.. all.ResolveReference(reference, baseFilePath, properties).Where(IsForCells)];

    /// <inheritdoc/>
    public override PortableExecutableReference? ResolveMissingAssembly(
        MetadataReference definition,
        AssemblyIdentity referenceIdentity
    ) =>
        // Roslyn reads the whole of a file that it finds, which of its own is 40 MB.
        ProcessAssemblies.OwnFile(referenceIdentity.Name)
            is null
        && all.ResolveMissingAssembly(definition, referenceIdentity) is { } found
        && IsForCells(found)
            ? found
            : null;

    /// <inheritdoc/>
    public override bool Equals(object? other) => other is CellReferenceResolver;

    /// <inheritdoc/>
    public override int GetHashCode() => all.GetHashCode();

    private static bool IsForCells(PortableExecutableReference reference) =>
        reference.FilePath is not { } file || ProcessAssemblies.OwnFile(Path.GetFileNameWithoutExtension(file)) != file;
}
