// Messaging spec, "Code completeness": whether Enter runs the code or begins a new line.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Notebook.Jupyter.Kernel;
using Notebook.Jupyter.Messages;
using Notebook.Jupyter.Wire;
using Notebook.Magics;

namespace Notebook.Jupyter.Handlers;

/// <summary><c>is_complete_request</c>, answered by the C# parser; lines of magics are complete by themselves.</summary>
internal sealed class IsCompleteHandler : IRequestHandler
{
    private const int IndentWidth = 4;
    private const string NewlineInConstant = "CS1010";

    private static readonly CSharpParseOptions Script = new(LanguageVersion.Latest, kind: SourceCodeKind.Script);

    /// <inheritdoc/>
    public string Type => "is_complete_request";

    /// <inheritdoc/>
    public Task HandleAsync(Request request)
    {
        request.Reply(Judge(request.Content(ProtocolJson.Shared.IsCompleteRequest).Code));
        return Task.CompletedTask;
    }

    /// <summary>Judges the text of a cell.</summary>
    internal static IsCompleteReply Judge(string code)
    {
        // Only the last part can go on: what stands above a magic is finished.
        var last = CellSplitter.Split(code).LastOrDefault();
        if (last is not { Kind: SegmentKind.CSharp })
        {
            return new IsCompleteReply("complete");
        }

        var tree = CSharpSyntaxTree.ParseText(last.Text, Script);
        var errors = tree.GetDiagnostics()
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .ToList();

        // The parser asks for more after an open quote too, which no further line can close.
        if (errors.Exists(error => error.Id == NewlineInConstant))
        {
            return new IsCompleteReply("invalid");
        }

        if (!SyntaxFactory.IsCompleteSubmission(tree))
        {
            return new IsCompleteReply("incomplete", new string(' ', IndentWidth * OpenBrackets(tree)));
        }

        return new IsCompleteReply(errors.Count > 0 ? "invalid" : "complete");
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
