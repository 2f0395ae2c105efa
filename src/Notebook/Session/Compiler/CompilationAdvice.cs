// C# that means something else at the top of a cell than in a program. The compiler says what a script cannot do; here stands what to write instead.
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Notebook.Session.Errors;

namespace Notebook.Session.Compiler;

/// <summary>Says what to do about code that a cell does not take, or takes otherwise than its author thinks.</summary>
internal static partial class CompilationAdvice
{
    private const string Block = "put the lines that use it into a block { ... } or into a function";

    /// <summary>Errors with what to do about them.</summary>
    /// <param name="errors">What the compiler says; at least one.</param>
    /// <param name="code">The code, as a script takes it.</param>
    /// <param name="last">The cell before; null for the first one.</param>
    public static IReadOnlyList<CellDiagnostic> Of(IReadOnlyList<CellDiagnostic> errors, string code, Script? last)
    {
        if (RefLocal(code) is { } local)
        {
            return [local with { Id = errors[0].Id }];
        }

        var root = Root(code, CellSyntax.Script);
        var advised = ConsequentErrors
            .LeftOut(errors, root)
            .Select(error => error with { Message = AdviceFor(error, root) ?? error.Message })
            .ToList();
        if (SplitPartialType(root, last) is { } note)
        {
            advised[0] = advised[0] with { Message = $"{advised[0].Message.TrimEnd('.')}. {note}" };
        }

        return advised;
    }

    /// <summary>What a cell that compiles does not do, though it looks so: start a Main, add to a partial type of an earlier cell.</summary>
    /// <param name="code">The whole code of the cell.</param>
    /// <param name="last">The cell before; null for the first one.</param>
    public static IEnumerable<string> Notes(string code, Script? last)
    {
        if (
            code.Contains(" Main(", StringComparison.Ordinal) && UncalledMain(Root(code, CellSyntax.Script)) is { } main
        )
        {
            yield return main;
        }

        if (
            code.Contains("partial", StringComparison.Ordinal)
            && SplitPartialType(Root(code, CellSyntax.Script), last) is { } parts
        )
        {
            yield return parts;
        }
    }

    /// <summary>Errors in the part of a cell that is a library, with what to do about them.</summary>
    public static IReadOnlyList<CellDiagnostic> OfLibrary(IReadOnlyList<CellDiagnostic> errors) =>
        [
            .. errors.Select(error =>
                error.Id == "CS0116"
                    ? error with
                    {
                        Message =
                            "A namespace holds types alone: put the statements into a cell of their own, or end the namespace with braces above them.",
                    }
                    : error
            ),
        ];

    private static string? AdviceFor(CellDiagnostic error, CompilationUnitSyntax root) =>
        IPythonAdvice(error, root)
        ?? error.Id switch
        {
            "CS7020" =>
                "A cell cannot yield: put the yield return into a function, such as IEnumerable<int> Values() { yield return 1; }, and call it.",
            "CS8345" when IsVariable(error, root) && Quoted().Match(error.Message) is { Success: true } type =>
                $"{type.Value} cannot be the type of a variable that lives on in the session: {Block}.",
            "CS0103" when error.Message.Contains("'args'", StringComparison.Ordinal) =>
                "A cell has no command line: declare it, as in string[] args = [];",
            "CS0103" when error.Message.Contains("'print'", StringComparison.Ordinal) =>
                "C# has no print: write Console.WriteLine(...), or display(...).",
            "CS9283" => "Put the extension block into a class: static class Extensions { extension(...) { ... } }.",
            "CS7015" => "A cell takes no extern alias: #r refers to libraries, under their own names.",
            "CS7026" => "A cell takes no attributes of assemblies and modules: leave the line out.",
            _ => null,
        };

    /// <summary>What to write for a line of IPython's own; null for lines of C#.</summary>
    private static string? IPythonAdvice(CellDiagnostic error, CompilationUnitSyntax root)
    {
        var line = root.SyntaxTree.GetText().Lines[error.Line - 1].ToString().TrimStart();
        return MagicLine().IsMatch(line)
                ? $"'{line.Split(' ')[0]}' is a magic of IPython's: magics begin with #! here, and #!lsmagic lists them."
            : ShellLine().IsMatch(line)
                ? $"'{line}' is IPython's way to run a program: write System.Diagnostics.Process.Start(...) in C#."
            : null;
    }

    /// <summary>Whether an error lies in the declaration of a variable of the session.</summary>
    private static bool IsVariable(CellDiagnostic error, CompilationUnitSyntax root) =>
        root
            .Members.OfType<FieldDeclarationSyntax>()
            .Select(field => field.SyntaxTree.GetLineSpan(field.Span))
            .Any(span => span.StartLinePosition.Line < error.Line && error.Line <= span.EndLinePosition.Line + 1);

    private static CellDiagnostic? RefLocal(string code)
    {
        if (!code.Contains("ref", StringComparison.Ordinal))
        {
            return null;
        }

        var declaration = Root(code, CellSyntax.Program)
            .Members.OfType<GlobalStatementSyntax>()
            .Select(member => member.Statement)
            .OfType<LocalDeclarationStatementSyntax>()
            .FirstOrDefault(each => each.Declaration.Type is RefTypeSyntax);
        if (declaration is null)
        {
            return null;
        }

        var start = declaration.SyntaxTree.GetLineSpan(declaration.Span).StartLinePosition;
        return new CellDiagnostic(
            "",
            $"A ref variable cannot live on in the session: {Block}.",
            start.Line + 1,
            start.Character + 1,
            "ref".Length
        );
    }

    private static string? UncalledMain(CompilationUnitSyntax root)
    {
        var main = root.DescendantNodes()
            .OfType<MethodDeclarationSyntax>()
            .FirstOrDefault(each =>
                each.Identifier.ValueText == "Main" && each.Modifiers.Any(SyntaxKind.StaticKeyword)
            );
        var isCalled = root.DescendantNodes()
            .OfType<InvocationExpressionSyntax>()
            .Any(call =>
                call.Expression
                    is IdentifierNameSyntax { Identifier.ValueText: "Main" }
                        or MemberAccessExpressionSyntax { Name.Identifier.ValueText: "Main" }
            );
        if (main is null || isCalled)
        {
            return null;
        }

        var owners = main.Ancestors()
            .Reverse()
            .Select(node =>
                node switch
                {
                    BaseNamespaceDeclarationSyntax space => space.Name.ToString(),
                    BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
                    _ => null,
                }
            )
            .OfType<string>();
        var name = string.Join('.', [.. owners, "Main"]);
        var call = $"{name}({(main.ParameterList.Parameters.Count > 0 ? "[]" : "")})";
        var isHidden = main.Parent is BaseTypeDeclarationSyntax && !main.Modifiers.Any(SyntaxKind.PublicKeyword);
        return $"A cell starts no Main by itself: {(isHidden ? "make it public and write" : "write")} {call}; below it.";
    }

    /// <summary>What to say of a part of a partial type whose other parts an earlier cell declared; null where all is well.</summary>
    private static string? SplitPartialType(CompilationUnitSyntax root, Script? last)
    {
        foreach (var parts in Partials(root).GroupBy(type => type.Identifier.ValueText))
        {
            var name = parts.Key;
            for (var script = last; script is not null; script = script.Previous)
            {
                var earlier = Partials((CompilationUnitSyntax)script.GetCompilation().SyntaxTrees.First().GetRoot())
                    .Where(type => type.Identifier.ValueText == name)
                    .ToList();
                if (earlier.Count == 0)
                {
                    continue;
                }

                // A cell that runs again declares again what it had.
                if (!MemberNames(parts).Overlaps(MemberNames(earlier)))
                {
                    return $"This {name} is a type of its own: the parts of a partial type have to stand in one cell.";
                }

                break;
            }
        }

        return null;
    }

    private static IEnumerable<TypeDeclarationSyntax> Partials(CompilationUnitSyntax root) =>
        root.Members.OfType<TypeDeclarationSyntax>().Where(type => type.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static HashSet<string> MemberNames(IEnumerable<TypeDeclarationSyntax> parts) =>
        [
            .. parts
                .SelectMany(type => type.Members)
                .SelectMany(member =>
                    member switch
                    {
                        BaseFieldDeclarationSyntax field => field.Declaration.Variables.Select(each => each.Identifier),
                        PropertyDeclarationSyntax property => [property.Identifier],
                        MethodDeclarationSyntax method => [method.Identifier],
                        BaseTypeDeclarationSyntax type => [type.Identifier],
                        _ => Enumerable.Empty<SyntaxToken>(),
                    }
                )
                .Select(identifier => identifier.ValueText),
        ];

    private static CompilationUnitSyntax Root(string code, CSharpParseOptions options) =>
        (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(code, options).GetRoot();

    [GeneratedRegex(@"^%%?[a-z]\w*(\s|$)")]
    private static partial Regex MagicLine();

    // C# has nothing that begins so and goes on with another word.
    [GeneratedRegex(@"^!([a-z][\w./-]*\s+[^=!&|?;(]+|ls|pwd|nvidia-smi)$")]
    private static partial Regex ShellLine();

    [GeneratedRegex("'[^']+'")]
    private static partial Regex Quoted();
}
