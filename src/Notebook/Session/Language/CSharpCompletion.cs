// Tab in C#, from Roslyn's semantic model of the cell as the next submission of the session: Roslyn's own completion lives in its Features
// package, which a notebook would carry for this alone.
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Notebook.Language;
using Notebook.Session.Compiler;
using Notebook.Session.Variables;

namespace Notebook.Session.Language;

/// <summary>What can stand at a place in a cell's C#.</summary>
internal static partial class CSharpCompletion
{
    // Stands in for the word that is being typed, so that there is something to parse. No cell uses the name by accident.
    private const string Placeholder = "__completed__";
    private const int Most = 1000;

    /// <summary>Completes a word.</summary>
    /// <param name="session">Knows what earlier cells left.</param>
    /// <param name="code">The cell's C#.</param>
    /// <param name="position">Where the cursor is.</param>
    public static CompletionList Complete(CSharpSession session, string code, int position)
    {
        var line = code[(position == 0 ? 0 : code.LastIndexOf('\n', position - 1) + 1)..position];
        if (Reference().Match(line) is { Success: true } reference)
        {
            var path = reference.Groups["path"].Value;
            return new CompletionList(
                position - path.Length,
                position,
                [.. PathCompletion.Of(path, foldersOnly: false)]
            );
        }

        var start = WordStart(code, position);
        var typed = code[start..position].TrimStart('@');
        var analysis = session.Analyze(WithPlaceholder(code, start));
        var token = analysis.Root.FindToken(start);
        if (token.IsKind(SyntaxKind.StringLiteralToken) && token.SpanStart < start)
        {
            var text = code[(token.SpanStart + 1)..position];
            return LooksLikePath(text)
                ? new CompletionList(position - text.Length, position, [.. PathCompletion.Of(text, foldersOnly: false)])
                : CompletionList.None(position);
        }

        var found = token.ValueText == Placeholder ? Candidates(analysis, token, start) : [];
        return new CompletionList(
            start,
            position,
            [
                .. found
                    .Where(each => Fits(each.Entry.Text, typed))
                    .DistinctBy(each => each.Entry.Label)
                    .OrderBy(each => each.Entry.Text.StartsWith(typed, StringComparison.Ordinal) ? 0 : 1)
                    .ThenBy(each => each.Rank)
                    .ThenBy(each => each.Entry.Label, StringComparer.OrdinalIgnoreCase)
                    .Select(each => each.Entry)
                    .Take(Most),
            ]
        );
    }

    private static IEnumerable<Candidate> Candidates(Analysis analysis, SyntaxToken token, int position)
    {
        var model = analysis.Model;
        switch (token.Parent)
        {
            case SimpleNameSyntax { Parent: MemberAccessExpressionSyntax access } name when access.Name == name:
                return MembersOf(model, access.Expression, position);
            case SimpleNameSyntax { Parent: QualifiedNameSyntax qualified } name when qualified.Right == name:
                return qualified.FirstAncestorOrSelf<UsingDirectiveSyntax>() is { } directive
                    ? InNamespace(
                        model,
                        qualified.Left,
                        position,
                        isStatic: directive.StaticKeyword.IsKind(SyntaxKind.StaticKeyword)
                    )
                    : MembersOf(model, SyntaxFactory.ParseExpression(qualified.Left.ToString()), position);
            case SimpleNameSyntax { Parent: MemberBindingExpressionSyntax binding }:
                return binding.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>() is { } conditional
                    ? MembersOf(model, conditional.Expression, position)
                    : [];
            case SimpleNameSyntax { Parent: UsingDirectiveSyntax }:
                return Symbols(model.LookupNamespacesAndTypes(position).OfType<INamespaceSymbol>());
            case SimpleNameSyntax { Parent: ObjectCreationExpressionSyntax creation } name when creation.Type == name:
                return Symbols(model.LookupNamespacesAndTypes(position).Where(CanBeCreated));
            case SimpleNameSyntax { Parent: InitializerExpressionSyntax initializer }:
                return Initialized(model, initializer, position);
            case SimpleNameSyntax { Parent: ArgumentSyntax { NameColon: null, Parent: ArgumentListSyntax arguments } }:
                return [.. ParameterNames(model, arguments), .. InScope(model, position)];
            case SimpleNameSyntax:
                return InScope(model, position);
            default:
                return []; // a name that is being invented
        }
    }

    private static IEnumerable<Candidate> MembersOf(SemanticModel model, ExpressionSyntax left, int position)
    {
        var isParsed = left.SyntaxTree == model.SyntaxTree;
        var symbol = isParsed
            ? model.GetSymbolInfo(left)
            : model.GetSpeculativeSymbolInfo(position, left, SpeculativeBindingOption.BindAsExpression);
        if ((symbol.Symbol ?? symbol.CandidateSymbols.FirstOrDefault()) is INamespaceOrTypeSymbol container)
        {
            // Color.Red: a name that is a type and a variable of it means both, and Roslyn says the variable.
            return Symbols(
                model.LookupSymbols(position, container).Where(each => each.IsStatic || each is INamespaceOrTypeSymbol)
            );
        }

        var type = isParsed
            ? model.GetTypeInfo(left).Type
            : model.GetSpeculativeTypeInfo(position, left, SpeculativeBindingOption.BindAsExpression).Type;
        if (type is null or IErrorTypeSymbol || type.SpecialType == SpecialType.System_Void)
        {
            return [];
        }

        var conditional = left.Parent is ConditionalAccessExpressionSyntax;
        if (
            conditional
            && type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
        )
        {
            type = nullable.TypeArguments[0];
        }

        return Symbols(
            model
                .LookupSymbols(position, type, includeReducedExtensionMethods: true)
                .Where(each => !each.IsStatic && each is not INamedTypeSymbol)
        );
    }

    private static IEnumerable<Candidate> InNamespace(
        SemanticModel model,
        NameSyntax left,
        int position,
        bool isStatic
    ) =>
        model.GetSymbolInfo(left).Symbol is INamespaceOrTypeSymbol container
            ? Symbols(
                model.LookupNamespacesAndTypes(position, container).Where(each => isStatic || each is INamespaceSymbol)
            )
            : [];

    private static IEnumerable<Candidate> InScope(SemanticModel model, int position) =>
        Symbols(model.LookupSymbols(position))
            .Concat(
                SyntaxFacts
                    .GetKeywordKinds()
                    .Concat(SyntaxFacts.GetContextualKeywordKinds())
                    .Select(SyntaxFacts.GetText)
                    .Where(word => word.All(char.IsAsciiLetterLower))
                    .Select(word => new Candidate(new CompletionEntry(word, word, "keyword"), 2))
            );

    private static IEnumerable<Candidate> Initialized(
        SemanticModel model,
        InitializerExpressionSyntax initializer,
        int position
    )
    {
        var type = initializer.Parent is { } parent ? model.GetTypeInfo(parent).Type : null;
        if (type is null or IErrorTypeSymbol or IArrayTypeSymbol)
        {
            return InScope(model, position);
        }

        var assigned = initializer
            .Expressions.OfType<AssignmentExpressionSyntax>()
            .Select(each => each.Left.ToString())
            .ToHashSet();
        var members = Symbols(
                model
                    .LookupSymbols(position, type)
                    .Where(each => !each.IsStatic && !assigned.Contains(each.Name))
                    .Where(each =>
                        each is IPropertySymbol { SetMethod: not null } or IFieldSymbol { IsReadOnly: false }
                    )
            )
            .ToList();
        return type.AllInterfaces.Any(each => each.SpecialType == SpecialType.System_Collections_IEnumerable)
            ? members.Concat(InScope(model, position))
            : members;
    }

    private static IEnumerable<Candidate> ParameterNames(SemanticModel model, ArgumentListSyntax arguments)
    {
        var named = arguments.Arguments.Select(each => each.NameColon?.Name.Identifier.ValueText).ToHashSet();
        var info = arguments.Parent is { } call ? model.GetSymbolInfo(call) : default;
        return info
            .CandidateSymbols.Append(info.Symbol)
            .Concat(
                arguments.Parent is InvocationExpressionSyntax invoked ? model.GetMemberGroup(invoked.Expression) : []
            )
            .OfType<IMethodSymbol>()
            .SelectMany(method => method.Parameters)
            .Where(parameter => !named.Contains(parameter.Name))
            .Select(parameter => new Candidate(
                new CompletionEntry(parameter.Name + ":", parameter.Name + ": ", "parameter"),
                0
            ));
    }

    private static IEnumerable<Candidate> Symbols(IEnumerable<ISymbol> symbols) =>
        symbols
            .Where(each => each.CanBeReferencedByName && SymbolNames.IsForPeople(each))
            .Select(each => new Candidate(
                new CompletionEntry(each.Name, TypeNames.Escape(each.Name), SymbolNames.Kind(each)),
                Rank(each)
            ));

    private static int Rank(ISymbol symbol) =>
        symbol switch
        {
            ILocalSymbol or IParameterSymbol or IRangeVariableSymbol => 0,
            { ContainingType.IsScriptClass: true } and not INamedTypeSymbol => 0,
            { ContainingType.SpecialType: SpecialType.System_Object } => 3,
            IMethodSymbol { MethodKind: MethodKind.ReducedExtension } => 2,
            INamespaceSymbol => 4,
            INamedTypeSymbol => 3,
            _ => 1,
        };

    private static bool CanBeCreated(ISymbol symbol) =>
        symbol
            is INamespaceSymbol
                or INamedTypeSymbol { IsStatic: false, IsAbstract: false, TypeKind: not TypeKind.Enum };

    // Capitals of a word as in other editors: gC and GetCo both find GetCount; letters in any case find it too.
    private static bool Fits(string name, string typed)
    {
        name = name.TrimStart('@');
        return name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)
            || (typed.Length > 1 && Capitals(name).StartsWith(typed, StringComparison.OrdinalIgnoreCase));
    }

    private static string Capitals(string name) =>
        string.Concat(
            name.Where((letter, i) => i == 0 || char.IsUpper(letter) || (name[i - 1] == '_' && letter != '_'))
        );

    private static int WordStart(string code, int position)
    {
        var start = position;
        while (start > 0 && (SyntaxFacts.IsIdentifierPartCharacter(code[start - 1]) || code[start - 1] == '@'))
        {
            start--;
        }

        return start;
    }

    // At the end of a line the statement ends too: what stands on the next line is another one.
    private static string WithPlaceholder(string code, int start)
    {
        var end = start;
        while (end < code.Length && (SyntaxFacts.IsIdentifierPartCharacter(code[end]) || code[end] == '@'))
        {
            end++;
        }

        var next = code.AsSpan(end).IndexOfAnyExcept(' ', '\t', '\r');
        var isLast = next < 0 || code[end + next] == '\n';
        return string.Concat(code.AsSpan(0, start), Placeholder, isLast ? ";" : "", code.AsSpan(end));
    }

    private static bool LooksLikePath(string text) =>
        !text.Contains('"') && (text.Contains('/') || text.StartsWith('.') || text.StartsWith('~'));

    [GeneratedRegex("""^\s*#(r|load)\s+"(?!nuget:)(?<path>[^"]*)$""")]
    private static partial Regex Reference();

    /// <summary>A completion and how far down it stands.</summary>
    private readonly record struct Candidate(CompletionEntry Entry, int Rank);
}
