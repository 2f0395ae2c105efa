// Light syntax highlighting from Roslyn's own tokens (the classifier lives in packages that are not needed otherwise).
using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Notebook.Language;

namespace Notebook.Pages;

/// <summary>Writes a cell's code as HTML with a span for each token that has a colour.</summary>
internal static class CSharpHighlighter
{
    private static readonly CSharpParseOptions Script = new(
        LanguageVersion.Latest,
        DocumentationMode.None,
        SourceCodeKind.Script
    );

    /// <summary>The code as HTML; the text between the tags is the code, unchanged.</summary>
    public static string ToHtml(string cellText)
    {
        var text = cellText.ReplaceLineEndings("\n");
        var spans = new List<(int Start, int Length, string Class)>();
        var code = BlankOutMagics(text, spans);
        foreach (var token in CSharpSyntaxTree.ParseText(code, Script).GetRoot().DescendantTokens())
        {
            AddComments(spans, token.LeadingTrivia);
            if (ClassOf(token) is { } name)
            {
                spans.Add((token.SpanStart, token.Span.Length, name));
            }

            AddComments(spans, token.TrailingTrivia);
        }

        var html = new StringBuilder();
        var at = 0;
        foreach (var (start, length, name) in spans.Where(span => span.Length > 0).OrderBy(span => span.Start))
        {
            html.Append(Encode(text[at..start]));
            html.Append($"<span class=\"{name}\">{Encode(text.Substring(start, length))}</span>");
            at = start + length;
        }

        return html.Append(Encode(text[at..])).ToString();
    }

    /// <summary>The text with every line that is not C# as spaces, so that tokens keep their places.</summary>
    private static string BlankOutMagics(string text, List<(int, int, string)> spans)
    {
        var code = new StringBuilder(text.Length);
        foreach (var (line, kind) in text.Split('\n').Zip(CellSplitter.KindsOfLines(text)))
        {
            if (kind == SegmentKind.Magic)
            {
                AddMagic(line, code.Length, CellSplitter.MagicName(line)!, spans);
            }

            code.Append(kind == SegmentKind.CSharp ? line : new string(' ', line.Length)).Append('\n');
        }

        return code.ToString();
    }

    private static void AddMagic(string line, int at, string name, List<(int, int, string)> spans)
    {
        var start = line.IndexOf("#!", StringComparison.Ordinal);
        spans.Add((at + start, name.Length + 2, "mg"));
        for (var from = start + name.Length + 2; from < line.Length; )
        {
            var option = line.IndexOf(" -", from, StringComparison.Ordinal);
            if (option < 0)
            {
                return;
            }

            var end = line.IndexOfAny([' ', '='], option + 1);
            end = end < 0 ? line.Length : end;
            spans.Add((at + option + 1, end - option - 1, "op"));
            from = end;
        }
    }

    private static void AddComments(List<(int, int, string)> spans, SyntaxTriviaList trivia)
    {
        foreach (var item in trivia)
        {
            var kind = item.Kind();
            if (kind is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia)
            {
                spans.Add((item.SpanStart, item.Span.Length, "cm"));
            }
            else if (item.IsDirective)
            {
                spans.Add((item.SpanStart, item.Span.Length, "kw"));
            }
        }
    }

    private static string? ClassOf(SyntaxToken token)
    {
        var kind = token.Kind();
        if (
            token.IsKeyword()
            || SyntaxFacts.IsContextualKeyword(kind)
            || token is { ValueText: "var", Parent: IdentifierNameSyntax }
        )
        {
            return "kw";
        }

        return kind switch
        {
            SyntaxKind.NumericLiteralToken => "nu",
            SyntaxKind.StringLiteralToken
            or SyntaxKind.CharacterLiteralToken
            or SyntaxKind.SingleLineRawStringLiteralToken
            or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.Utf8StringLiteralToken
            or SyntaxKind.InterpolatedStringStartToken
            or SyntaxKind.InterpolatedVerbatimStringStartToken
            or SyntaxKind.InterpolatedSingleLineRawStringStartToken
            or SyntaxKind.InterpolatedMultiLineRawStringStartToken
            or SyntaxKind.InterpolatedStringTextToken
            or SyntaxKind.InterpolatedRawStringEndToken
            or SyntaxKind.InterpolatedStringEndToken => "st",
            SyntaxKind.IdentifierToken => IdentifierClass(token),
            _ => null,
        };
    }

    private static string? IdentifierClass(SyntaxToken token) =>
        token.Parent switch
        {
            BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or TypeParameterSyntax => "ty",
            MethodDeclarationSyntax or LocalFunctionStatementSyntax or ConstructorDeclarationSyntax => "fn",
            SimpleNameSyntax name => NameClass(name),
            _ => null,
        };

    private static string? NameClass(SimpleNameSyntax name) =>
        name.Parent switch
        {
            InvocationExpressionSyntax call when call.Expression == name => "fn",
            MemberAccessExpressionSyntax { Parent: InvocationExpressionSyntax } member
                when member.Name == name && ((InvocationExpressionSyntax)member.Parent!).Expression == member => "fn",
            MemberAccessExpressionSyntax member
                when member.Expression == name && char.IsUpper(name.Identifier.Text[0]) => "ty",
            ObjectCreationExpressionSyntax creation when creation.Type == name => "ty",
            VariableDeclarationSyntax declaration when declaration.Type == name => "ty",
            DeclarationExpressionSyntax declaration when declaration.Type == name => "ty",
            ForEachStatementSyntax each when each.Type == name => "ty",
            ParameterSyntax parameter when parameter.Type == name => "ty",
            PropertyDeclarationSyntax property when property.Type == name => "ty",
            MethodDeclarationSyntax method when method.ReturnType == name => "ty",
            LocalFunctionStatementSyntax function when function.ReturnType == name => "ty",
            CastExpressionSyntax cast when cast.Type == name => "ty",
            TypeArgumentListSyntax
            or ArrayTypeSyntax
            or NullableTypeSyntax
            or BaseTypeSyntax
            or TypeOfExpressionSyntax
            or TypePatternSyntax
            or DeclarationPatternSyntax
            or RecursivePatternSyntax
            or CatchDeclarationSyntax
            or TupleElementSyntax => "ty",
            _ => name is GenericNameSyntax ? "ty" : null,
        };

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
