// What a script cannot hold, and people write all the same: namespaces, and classes with extension methods. They are compiled as an assembly of
// their own before the rest of the cell, with the usings of the session.
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Notebook.Session.Errors;
using Notebook.Session.Interruption;

namespace Notebook.Session.Compiler;

/// <summary>The part of a cell that is compiled as a library.</summary>
/// <param name="Rest">The cell without it, with the same lines.</param>
/// <param name="Code">The library, with the same lines.</param>
internal sealed record CellLibrary(string Rest, string Code)
{
    /// <summary>Where classes with extension methods live that are in no namespace of their own.</summary>
    public const string Namespace = "Notebook.Cells";

    private static readonly CSharpParseOptions Parsing = new(
        LanguageVersion.Latest,
        preprocessorSymbols: ["DEBUG", "TRACE"]
    );

    /// <summary>Takes namespaces and classes with extension methods out of a cell; null where there are none.</summary>
    public static CellLibrary? TakeFrom(string code, CSharpParseOptions script)
    {
        // Without these words there is nothing to parse for.
        if (
            !code.Contains("namespace", StringComparison.Ordinal)
            && !code.Contains("static class", StringComparison.Ordinal)
        )
        {
            return null;
        }

        var root = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(code, script).GetRoot();
        var taken = root
            .Members.Where(BelongsInLibrary)
            .Select(member => TextSpan.FromBounds(member.FullSpan.Start, member.Span.End))
            .ToList();
        // What the parser skipped, such as a using below a namespace, hangs behind a member as trivia: it is the script's.
        if (taken.Count == 0)
        {
            return null;
        }

        // Below a namespace a using is the script's alone.
        var usings = root.Usings.Select(each => each.FullSpan).Where(span => span.Start < taken[0].Start).ToList();
        return new CellLibrary(
            Blanked(code, at => taken.Any(span => span.Contains(at))),
            Blanked(code, at => !taken.Concat(usings).Any(span => span.Contains(at)))
        );
    }

    /// <summary>Compiles it to a file.</summary>
    /// <param name="path">The file, whose name is the assembly's.</param>
    /// <param name="version">The assembly's version: above that of the library of which it takes the place.</param>
    /// <param name="file">What stack traces call it.</param>
    /// <param name="references">What it may use.</param>
    /// <param name="usings">The usings of the session, as code.</param>
    /// <param name="cancellation">Stops the compiler.</param>
    /// <returns>What does not compile; nothing where the file was written.</returns>
    public IReadOnlyList<CellDiagnostic> Compile(
        string path,
        int version,
        string file,
        IEnumerable<MetadataReference> references,
        string usings,
        CancellationToken cancellation
    )
    {
        var source = InterruptibleCode.From(Code, Parsing, Wraps(Code));
        var compilation = CSharpCompilation.Create(
            Path.GetFileNameWithoutExtension(path),
            [
                CSharpSyntaxTree.ParseText(source.Text, Parsing, file, Encoding.UTF8, cancellation),
                CSharpSyntaxTree.ParseText(
                    $"{usings}\n[assembly: System.Reflection.AssemblyVersion(\"{version}.0.0.0\")]",
                    Parsing,
                    cancellationToken: cancellation
                ),
            ],
            references,
            new CSharpCompilationOptions(
                OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: true,
                nullableContextOptions: NullableContextOptions.Annotations
            )
        );
        using var image = File.Create(path);
        using var symbols = File.Create(Path.ChangeExtension(path, ".pdb"));
        var result = compilation.Emit(image, symbols, options: CompiledCell.Emitting, cancellationToken: cancellation);
        return result.Success
            ? []
            :
            [
                .. result
                    .Diagnostics.Where(each => each.Severity == DiagnosticSeverity.Error)
                    .Select(each => CellDiagnostic.From(each, source.Original(each.Location.SourceSpan)))
                    .OrderBy(each => (each.Line, each.Column)),
            ];
    }

    /// <summary>The full names of its types.</summary>
    public IReadOnlySet<string> Types =>
        CSharpSyntaxTree
            .ParseText(Code, Parsing)
            .GetRoot()
            .DescendantNodes()
            .OfType<BaseTypeDeclarationSyntax>()
            .Where(type => type.Parent is not BaseTypeDeclarationSyntax)
            .Select(type =>
                string.Join(
                    '.',
                    type.Ancestors()
                        .OfType<BaseNamespaceDeclarationSyntax>()
                        .Reverse()
                        .Select(each => each.Name.ToString())
                        .Append(type.Identifier.ValueText)
                )
            )
            .ToHashSet();

    // A class of the cell itself gets a namespace, which the session imports: extension methods are found by namespaces. What says nothing of
    // who may see it is for the other cells too.
    private static IEnumerable<(int Position, string Text)> Wraps(string code)
    {
        var root = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(code, Parsing).GetRoot();
        foreach (var type in root.DescendantNodes().OfType<MemberDeclarationSyntax>().Where(IsTopLevelType))
        {
            var isOwn = type.Parent == root;
            var isSilent = !type.Modifiers.Any(each =>
                each.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword or SyntaxKind.FileKeyword
            );
            if (isOwn || isSilent)
            {
                yield return (
                    type.SpanStart,
                    (isOwn ? $"namespace {Namespace} {{ " : "") + (isSilent ? "public " : "")
                );
            }

            if (isOwn)
            {
                yield return (type.Span.End, " }");
            }
        }
    }

    private static bool IsTopLevelType(MemberDeclarationSyntax member) =>
        member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax
        && member.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax;

    private static bool BelongsInLibrary(MemberDeclarationSyntax member) =>
        member switch
        {
            BaseNamespaceDeclarationSyntax => true,
            ClassDeclarationSyntax type => type.Modifiers.Any(SyntaxKind.StaticKeyword)
                && type.Members.Any(each =>
                    each.IsKind(SyntaxKind.ExtensionBlockDeclaration)
                    || each is MethodDeclarationSyntax { ParameterList.Parameters: [var first, ..] }
                        && first.Modifiers.Any(SyntaxKind.ThisKeyword)
                ),
            _ => false,
        };

    private static string Blanked(string code, Func<int, bool> isBlank) =>
        string.Create(
            code.Length,
            (code, isBlank),
            static (span, state) =>
            {
                for (var i = 0; i < span.Length; i++)
                {
                    span[i] = state.code[i] is '\n' or '\r' || !state.isBlank(i) ? state.code[i] : ' ';
                }
            }
        );
}
