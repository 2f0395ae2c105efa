// C# that is right at the top of a program and that scripts do not take, as what it does in a session: using declarations, file-scoped types, and a
// last expression with { ... }, which a script reads as a property. What is taken out is blanked, so that lines and columns stay.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Notebook.Session.Variables;

namespace Notebook.Session.Compiler;

/// <summary>A cell's code as a script takes it.</summary>
/// <param name="Code">The code, of the length that it had.</param>
/// <param name="Insertions">What is inserted into it, on lines that are there.</param>
/// <param name="Parenthesised">What needs parentheses to be an expression; null for nothing.</param>
internal sealed record CellSyntax(
    string Code,
    IReadOnlyList<(int Position, string Text)> Insertions,
    TextSpan? Parenthesised
)
{
    /// <summary>How the code of cells is parsed.</summary>
    public static readonly CSharpParseOptions Script = new(
        LanguageVersion.Latest,
        DocumentationMode.None,
        SourceCodeKind.Script
    );

    /// <summary>How a program with top-level statements is parsed, which knows the declarations that a script does not.</summary>
    public static readonly CSharpParseOptions Program = Script.WithKind(SourceCodeKind.Regular);

    /// <summary>The code with its parentheses, whose positions are no longer the cell's.</summary>
    public string Parsed => Parenthesised is { } span ? Code.Insert(span.End, ")").Insert(span.Start, "(") : Code;

    // A letter that nobody writes: _ as a variable would be in the way of every discard after it.
    private const char DiscardName = 'Ⅰ';

    /// <summary>Reads a cell.</summary>
    public static CellSyntax Of(string code)
    {
        var insertions = new List<(int, string)>();
        var text = code.ToCharArray();
        if (code.Contains("using", StringComparison.Ordinal))
        {
            TakeUsings(code, text, insertions);
        }

        var taken = new string(text);
        if (taken.Contains("file", StringComparison.Ordinal))
        {
            TakeFileModifiers(taken, text);
            taken = new string(text);
        }

        return new CellSyntax(
            taken,
            insertions,
            taken.Contains("with", StringComparison.Ordinal) ? LastWith(taken) : null
        );
    }

    // The variable lives on, as others of the session do; what the using is for, the session does.
    private static void TakeUsings(string code, char[] text, List<(int, string)> insertions)
    {
        var root = (CompilationUnitSyntax)CSharpSyntaxTree.ParseText(code, Program).GetRoot();
        foreach (
            var declaration in root
                .Members.OfType<GlobalStatementSyntax>()
                .Select(member => member.Statement)
                .OfType<LocalDeclarationStatementSyntax>()
                .Where(each => each.UsingKeyword.Span.Length > 0)
        )
        {
            var isAsync = declaration.AwaitKeyword.Span.Length > 0;
            Blank(text, declaration.AwaitKeyword);
            Blank(text, declaration.UsingKeyword);
            foreach (var variable in declaration.Declaration.Variables)
            {
                if (variable.Identifier.Text == "_")
                {
                    text[variable.Identifier.SpanStart] = DiscardName;
                }

                if (!declaration.SemicolonToken.IsMissing)
                {
                    insertions.Add((declaration.Span.End, Registration(variable.Identifier, isAsync)));
                }
            }
        }
    }

    private static string Registration(SyntaxToken identifier, bool isAsync)
    {
        var name = identifier.Text == "_" ? $"{DiscardName}" : identifier.Text;
        return isAsync
            ? $"{nameof(CellGlobals.__AwaitUsing)}(\"{identifier.ValueText}\",{name},async {name}=>{{await using({name}){{}}}});"
            : $"{nameof(CellGlobals.__Using)}(\"{identifier.ValueText}\",{name},{name}=>{{using({name}){{}}}});";
    }

    private static void TakeFileModifiers(string code, char[] text)
    {
        var root = CSharpSyntaxTree.ParseText(code, Script).GetRoot();
        foreach (
            var modifier in root.DescendantNodes(node => node is not BaseTypeDeclarationSyntax)
                .OfType<MemberDeclarationSyntax>()
                .SelectMany(member => member.Modifiers)
                .Where(each => each.IsKind(SyntaxKind.FileKeyword))
        )
        {
            Blank(text, modifier);
        }
    }

    private static TextSpan? LastWith(string code)
    {
        var tree = CSharpSyntaxTree.ParseText(code, Script);
        var members = ((CompilationUnitSyntax)tree.GetRoot()).Members;
        if (
            members.LastOrDefault() is not PropertyDeclarationSyntax { Identifier.ValueText: "with" }
            && !tree.GetDiagnostics().Any(each => each.Severity == DiagnosticSeverity.Error)
        )
        {
            return null;
        }

        foreach (var start in members.Reverse().Select(member => member.SpanStart))
        {
            var expression = SyntaxFactory.ParseExpression(code, start, Script);
            if (!expression.ContainsDiagnostics)
            {
                return expression.DescendantNodesAndSelf().Any(each => each is WithExpressionSyntax)
                    ? TextSpan.FromBounds(start, start + expression.Span.Length)
                    : null;
            }
        }

        return null;
    }

    private static void Blank(char[] text, SyntaxToken token) =>
        Array.Fill(text, ' ', token.SpanStart, token.Span.Length);
}
