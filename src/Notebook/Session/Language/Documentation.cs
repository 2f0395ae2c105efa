// XML comments: those of cells are in their syntax, those of assemblies in a file beside them; the framework's are with the SDK's reference
// assemblies, whose names differ from the assemblies that run.
using System.Buffers;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Notebook.Session.Language;

/// <summary>Finds the XML comment of a symbol.</summary>
internal static class Documentation
{
    private const int Piece = 64 * 1024;

    private static readonly Lazy<IReadOnlyList<string>> FrameworkFiles = new(FindFrameworkFiles);

    /// <summary>The comment, with what it inherits; null where there is none.</summary>
    public static XElement? Of(ISymbol symbol, Compilation compilation) => Of(symbol, compilation, depth: 0);

    private static XElement? Of(ISymbol symbol, Compilation compilation, int depth)
    {
        const int Deepest = 8;
        var reduced = (symbol as IMethodSymbol)?.ReducedFrom ?? symbol;
        var comment = Read(reduced.OriginalDefinition, compilation);
        return comment?.Descendants("inheritdoc").FirstOrDefault() is not null && depth < Deepest
            ? Bases(symbol).Select(each => Of(each, compilation, depth + 1)).FirstOrDefault(each => each is not null)
            : comment;
    }

    private static XElement? Read(ISymbol symbol, Compilation compilation)
    {
        try
        {
            if (symbol.GetDocumentationCommentXml() is { Length: > 0 } own)
            {
                return XElement.Parse(own, LoadOptions.PreserveWhitespace);
            }

            return
                symbol.GetDocumentationCommentId() is { } id
                && symbol.ContainingAssembly is { } assembly
                && compilation.GetMetadataReference(assembly) is PortableExecutableReference { FilePath: { } file }
                && Files(file).Select(each => Member(each, id)).FirstOrDefault(each => each is not null) is { } text
                ? XElement.Parse(text, LoadOptions.PreserveWhitespace)
                : null;
        }
        catch (XmlException)
        {
            return null; // somebody's comment is not XML
        }
    }

    private static IEnumerable<string> Files(string assembly)
    {
        var beside = Path.ChangeExtension(assembly, ".xml");
        if (File.Exists(beside))
        {
            return [beside];
        }

        var isFramework = Path.GetDirectoryName(assembly) == Path.GetDirectoryName(typeof(object).Assembly.Location);
        var name = Path.GetFileName(beside);
        return isFramework ? FrameworkFiles.Value.OrderBy(file => Path.GetFileName(file) == name ? 0 : 1) : [];
    }

    // The files are megabytes, and a session asks for a handful of members: found as text, a piece at a time, not read as XML.
    private static string? Member(string file, string id)
    {
        var begin = Encoding.UTF8.GetBytes($"<member name=\"{id}\">");
        var piece = ArrayPool<byte>.Shared.Rent(Math.Max(Piece, 2 * begin.Length));
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            var kept = 0;
            while (stream.Read(piece, kept, piece.Length - kept) is > 0 and var read)
            {
                var text = piece.AsSpan(0, kept + read);
                if (text.IndexOf(begin) is >= 0 and var at)
                {
                    stream.Position -= text.Length - at;
                    return Rest(stream);
                }

                // The name may lie across two pieces.
                kept = Math.Min(begin.Length - 1, text.Length);
                text[^kept..].CopyTo(piece);
            }

            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private static string? Rest(Stream stream)
    {
        const string End = "</member>";
        using var lines = new StreamReader(stream, Encoding.UTF8);
        var member = new StringBuilder();
        while (lines.ReadLine() is { } line)
        {
            if (line.IndexOf(End, StringComparison.Ordinal) is >= 0 and var at)
            {
                return member.Append(line, 0, at + End.Length).ToString();
            }

            member.Append(line).Append('\n');
        }

        return null;
    }

    private static IReadOnlyList<string> FindFrameworkFiles()
    {
        // dotnet/shared/Microsoft.NETCore.App/10.0.1 runs, dotnet/packs/Microsoft.NETCore.App.Ref/10.0.1/ref/net10.0 explains.
        var shared = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var packs = Path.GetFullPath(Path.Combine(shared, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        return Directory.Exists(packs)
            ?
            [
                .. Directory
                    .EnumerateFiles(packs, "*.xml", SearchOption.AllDirectories)
                    .GroupBy(Path.GetFileName)
                    .Select(versions => versions.Order(StringComparer.Ordinal).Last())
                    .OrderBy(file => Path.GetFileName(file) == "System.Runtime.xml" ? 0 : 1),
            ]
            : [];
    }

    private static IEnumerable<ISymbol> Bases(ISymbol symbol)
    {
        ISymbol? overridden = symbol switch
        {
            IMethodSymbol method => method.OverriddenMethod,
            IPropertySymbol property => property.OverriddenProperty,
            INamedTypeSymbol type => type.BaseType,
            _ => null,
        };
        if (overridden is not null)
        {
            yield return overridden;
        }

        foreach (
            var member in symbol.ContainingType?.AllInterfaces.SelectMany(each => each.GetMembers(symbol.Name)) ?? []
        )
        {
            yield return member;
        }
    }
}
