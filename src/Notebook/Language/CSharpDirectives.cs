// What the compiler takes for a directive, by its own lexer: never what only looks like one, in a comment, a string or below an #if that does not hold.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Notebook.Language;

/// <summary>Finds the directives of C# code.</summary>
internal static class CSharpDirectives
{
    private static readonly CSharpParseOptions Script = new(
        LanguageVersion.Latest,
        DocumentationMode.None,
        SourceCodeKind.Script,
        ["DEBUG", "TRACE"]
    );

    /// <summary>
    /// The directives, top to bottom: <c>#r</c>, <c>#if</c>, and what no compiler knows, such as <c>#!time</c>. Below an <c>#if</c> that does not
    /// hold they are not active.
    /// </summary>
    /// <param name="code">The code, which need not compile; its lines end in <c>\n</c>.</param>
    /// <returns>Each with its line, from zero.</returns>
    public static IEnumerable<(DirectiveTriviaSyntax Directive, int Line)> In(string code)
    {
        if (!code.Contains('#', StringComparison.Ordinal))
        {
            yield break;
        }

        var (line, counted) = (0, 0);
        foreach (var token in SyntaxFactory.ParseTokens(code, options: Script))
        {
            foreach (var trivia in token.LeadingTrivia.Concat(token.TrailingTrivia).Where(each => each.IsDirective))
            {
                line += code.AsSpan(counted, trivia.SpanStart - counted).Count('\n');
                counted = trivia.SpanStart;
                if (trivia.GetStructure() is DirectiveTriviaSyntax directive)
                {
                    yield return (directive, line);
                }
            }
        }
    }

    /// <summary>
    /// Whether a directive says how the code around it is read, so that every part of a cell that is compiled by itself needs it.
    /// </summary>
    public static bool IsForTheWholeCell(DirectiveTriviaSyntax directive) =>
        directive.Kind()
            is SyntaxKind.IfDirectiveTrivia
                or SyntaxKind.ElifDirectiveTrivia
                or SyntaxKind.ElseDirectiveTrivia
                or SyntaxKind.EndIfDirectiveTrivia
                or SyntaxKind.DefineDirectiveTrivia
                or SyntaxKind.UndefDirectiveTrivia
                or SyntaxKind.NullableDirectiveTrivia
                or SyntaxKind.PragmaWarningDirectiveTrivia
                or SyntaxKind.RegionDirectiveTrivia
                or SyntaxKind.EndRegionDirectiveTrivia;
}
