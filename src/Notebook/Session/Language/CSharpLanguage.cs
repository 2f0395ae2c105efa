// Questions about C#. Whether a cell is finished its syntax answers; the rest needs to know what earlier cells left.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Notebook.Language;
using Notebook.Session.Compiler;

namespace Notebook.Session.Language;

/// <summary>C# in a session.</summary>
/// <param name="session">Whose variables, types, usings and references are known.</param>
internal sealed class CSharpLanguage(CSharpSession session) : ILanguageService
{
    private const int IndentWidth = 4;
    private const string NewlineInConstant = "CS1010";

    /// <inheritdoc/>
    public CompletionList Complete(string code, int position) => CSharpCompletion.Complete(session, code, position);

    /// <inheritdoc/>
    public string? Inspect(string code, int position, int detail) =>
        CSharpInspection.Inspect(session, code, position, detail);

    /// <inheritdoc/>
    public Completeness IsComplete(string code)
    {
        var syntax = CellSyntax.Of(code);
        var tree = CSharpSyntaxTree.ParseText(syntax.Parsed, CellSyntax.Script);
        var errors = tree.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .ToList();

        // The parser asks for more after an open quote too, which no further line can close.
        if (errors.Exists(error => error.Id == NewlineInConstant))
        {
            return new Completeness(CompletenessStatus.Invalid);
        }

        if (!SyntaxFactory.IsCompleteSubmission(tree))
        {
            return new Completeness(CompletenessStatus.Incomplete, new string(' ', IndentWidth * OpenBrackets(tree)));
        }

        return new Completeness(errors.Count > 0 ? CompletenessStatus.Invalid : CompletenessStatus.Complete);
    }

    private static int OpenBrackets(SyntaxTree tree)
    {
        var open = 0;
        foreach (var token in tree.GetRoot().DescendantTokens().Where(token => !token.IsMissing))
        {
            open += token.Kind() switch
            {
                SyntaxKind.OpenBraceToken or SyntaxKind.OpenParenToken or SyntaxKind.OpenBracketToken => 1,
                SyntaxKind.CloseBraceToken or SyntaxKind.CloseParenToken or SyntaxKind.CloseBracketToken => -1,
                _ => 0,
            };
        }

        return Math.Max(open, 0);
    }
}
