// The tooltip: what the name under the cursor is, and what its XML comments say of it.
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Notebook.Session.Compiler;

namespace Notebook.Session.Language;

/// <summary>Explains names in a cell's C#.</summary>
internal static class CSharpInspection
{
    private const int MostOverloads = 10;
    private static readonly SymbolDisplayFormat Signature = SymbolDisplayFormat
        .MinimallyQualifiedFormat.AddParameterOptions(SymbolDisplayParameterOptions.IncludeDefaultValue)
        .AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    /// <summary>Explains the name at a position, in Markdown; inside the brackets of a call, what is called. Null where there is nothing.</summary>
    /// <param name="session">Knows what earlier cells left.</param>
    /// <param name="code">The cell's C#.</param>
    /// <param name="position">Where the cursor is.</param>
    /// <param name="detail">0 for what a tooltip shows; 1 for parameters, remarks and overloads too.</param>
    public static string? Inspect(CSharpSession session, string code, int position, int detail)
    {
        var analysis = session.Analyze(code);
        var symbols = SymbolsAt(analysis, position);
        if (symbols.Count == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        var shown = detail > 0 ? symbols.Take(MostOverloads) : symbols.Take(1);
        foreach (var symbol in shown)
        {
            text.Append("```csharp\n").Append(Title(symbol)).Append("\n```\n");
            if (Documentation.Of(symbol, analysis.Model.Compilation) is { } comment)
            {
                text.Append('\n').Append(DocumentationMarkdown.Of(comment, detail)).Append('\n');
            }

            text.Append('\n');
        }

        var more = symbols.Count - (detail > 0 ? Math.Min(symbols.Count, MostOverloads) : 1);
        return (more > 0 ? text.Append($"*and {more} more {(more == 1 ? "overload" : "overloads")}*") : text)
            .ToString()
            .TrimEnd();
    }

    private static IReadOnlyList<ISymbol> SymbolsAt(Analysis analysis, int position)
    {
        foreach (var at in new[] { position, position - 1 }.Where(at => at >= 0 && at < analysis.Root.FullSpan.End))
        {
            var token = analysis.Root.FindToken(at);
            if (token.Span.IntersectsWith(at) && Named(analysis.Model, token) is { Count: > 0 } named)
            {
                return named;
            }
        }

        // Between the brackets of a call: what is called.
        var call = analysis
            .Root.FindToken(Math.Max(0, Math.Min(position, analysis.Root.FullSpan.End) - 1))
            .Parent?.AncestorsAndSelf()
            .FirstOrDefault(node =>
                node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax && position > node.SpanStart
            );
        return call switch
        {
            InvocationExpressionSyntax invocation => Found(
                analysis.Model.GetSymbolInfo(invocation),
                analysis.Model.GetMemberGroup(invocation.Expression)
            ),
            ExpressionSyntax creation => Found(
                analysis.Model.GetSymbolInfo(creation),
                analysis.Model.GetMemberGroup(creation)
            ),
            _ => [],
        };
    }

    private static IReadOnlyList<ISymbol> Named(SemanticModel model, SyntaxToken token)
    {
        var node = token.Parent;
        if (node is PredefinedTypeSyntax or SimpleNameSyntax or ThisExpressionSyntax)
        {
            // new List<int>(8): the name says the type, the constructor's comment says more.
            if (node.FirstAncestorOrSelf<ObjectCreationExpressionSyntax>() is { } creation && creation.Type == node)
            {
                return Found(model.GetSymbolInfo(creation), model.GetMemberGroup(creation));
            }

            return Found(model.GetSymbolInfo(node), model.GetMemberGroup(node));
        }

        return
            token.IsKind(SyntaxKind.IdentifierToken)
            && node is not null
            && model.GetDeclaredSymbol(node) is { } declared
            ? [declared]
            : [];
    }

    private static IReadOnlyList<ISymbol> Found(SymbolInfo info, IEnumerable<ISymbol> group) =>
        [
            .. new[] { info.Symbol }
                .Concat(info.CandidateSymbols)
                .Concat(group)
                .OfType<ISymbol>()
                .Where(symbol => symbol is not IErrorTypeSymbol)
                .Distinct<ISymbol>(SymbolEqualityComparer.Default),
        ];

    private static string Title(ISymbol symbol)
    {
        var name = symbol.ToDisplayString(
            symbol is INamedTypeSymbol ? SymbolDisplayFormat.CSharpErrorMessageFormat : Signature
        );
        return symbol switch
        {
            INamedTypeSymbol or INamespaceSymbol => $"{SymbolNames.Kind(symbol)} {name}",
            ILocalSymbol or IParameterSymbol or IRangeVariableSymbol => $"({SymbolNames.Kind(symbol)}) {name}",
            { ContainingType.IsScriptClass: true } and not IMethodSymbol => $"(variable) {name}",
            IFieldSymbol { HasConstantValue: true, ConstantValue: { } value } =>
                $"{name} = {SymbolDisplay.FormatPrimitive(value, quoteStrings: true, useHexadecimalNumbers: false)}",
            IMethodSymbol { MethodKind: MethodKind.ReducedExtension } => $"(extension) {name}",
            _ => name,
        };
    }
}
