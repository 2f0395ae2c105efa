// Cells are compiled with a check at every turn of a loop and before every top-level statement, so that an interrupt stops
// while (true) { }. What runs in a library, or sleeps on the cell's thread, cannot be stopped this way.
// The functions of a cell look at the stack too (CompiledCell.Emitting). The compiler leaves out those inside of top-level
// statements, which are lambdas and functions in a block: these look here.
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Notebook.Session.Interruption;

/// <summary>A cell's code with its checks. Lines stay as they are; <see cref="Original(TextSpan)"/> finds columns back.</summary>
internal sealed class InterruptibleCode
{
    // Debug.WriteLine is there for people who write it; annotations such as string? mean what they say, without warnings.
    private const string Preamble = "#define DEBUG\n#define TRACE\n#nullable enable annotations\n#line 1\n";
    private static readonly string Check = $"global::{typeof(Interrupt).FullName}.{nameof(Interrupt.Check)}();";
    private const string CheckStack =
        "global::System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();";
    private static readonly string WithStack = $"global::{typeof(Interrupt).FullName}.{nameof(Interrupt.WithStack)}(";
    private readonly List<(int Position, string Text)> insertions;
    private readonly SourceText source;

    private InterruptibleCode(string code, List<(int Position, string Text)> insertions)
    {
        this.insertions = insertions;
        source = SourceText.From(code);
        var text = new StringBuilder();
        var at = 0;
        foreach (var (position, inserted) in insertions)
        {
            text.Append(code, at, position - at).Append(inserted);
            at = position;
        }

        Text = text.Append(code, at, code.Length - at).ToString();
    }

    /// <summary>The code to compile.</summary>
    public string Text { get; }

    /// <summary>Adds the checks; code that does not parse stays as it is, for its errors to be shown.</summary>
    /// <param name="code">The code.</param>
    /// <param name="options">How it is parsed.</param>
    /// <param name="more">What else is inserted, on lines that are there.</param>
    /// <param name="parenthesised">What needs parentheses to be an expression; null for nothing.</param>
    public static InterruptibleCode From(
        string code,
        CSharpParseOptions options,
        IEnumerable<(int Position, string Text)>? more = null,
        TextSpan? parenthesised = null
    )
    {
        var parsed = parenthesised is { } span ? code.Insert(span.End, ")").Insert(span.Start, "(") : code;
        var tree = CSharpSyntaxTree.ParseText(parsed, options);
        if (tree.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
        {
            return new InterruptibleCode(code, []);
        }

        var checks = new CheckPlacer(tree.GetRoot());
        return new InterruptibleCode(
            code,
            [
                (0, Preamble),
                .. checks
                    .Found.Select(place => (Position: WithoutParentheses(place.Position, parenthesised), place.Text))
                    .Concat(Parentheses(parenthesised))
                    .Concat(more ?? [])
                    .OrderBy(place => place.Position),
            ]
        );
    }

    private static IEnumerable<(int Position, string Text)> Parentheses(TextSpan? span) =>
        span is { } some ? [(some.Start, "("), (some.End, ")")] : [];

    /// <summary>A position in the code that was parsed with parentheses, without them.</summary>
    private static int WithoutParentheses(int position, TextSpan? parenthesised) =>
        parenthesised is not { } span || position <= span.Start ? position
        : position <= span.End + 1 ? position - 1
        : position - 2;

    /// <summary>Where a span of <see cref="Text"/> lies in the code that the user wrote.</summary>
    public LinePositionSpan Original(TextSpan span) =>
        source.Lines.GetLinePositionSpan(TextSpan.FromBounds(Original(span.Start), Original(span.End)));

    private int Original(int position)
    {
        var inserted = 0;
        foreach (var (at, text) in insertions)
        {
            if (at + inserted >= position)
            {
                break;
            }

            inserted += Math.Min(text.Length, position - at - inserted);
        }

        return Math.Min(position - inserted, source.Length);
    }

    private sealed class CheckPlacer : CSharpSyntaxWalker
    {
        // Variables that hold a lambda of one expression and are called by name, so that they are delegates, not expression trees.
        private readonly HashSet<string> recursive;

        public CheckPlacer(SyntaxNode root)
        {
            recursive = [.. root.DescendantNodes().OfType<LambdaExpressionSyntax>().Select(NameOf).OfType<string>()];
            recursive.IntersectWith(
                root.DescendantNodes()
                    .OfType<LambdaExpressionSyntax>()
                    .SelectMany(Calls)
                    .Select(called => called.Identifier.ValueText)
                    .ToList()
            );
            Visit(root);
        }

        public List<(int Position, string Text)> Found { get; } = [];

        public override void VisitGlobalStatement(GlobalStatementSyntax node)
        {
            Found.Add((node.SpanStart, Check));
            base.VisitGlobalStatement(node);
        }

        public override void VisitWhileStatement(WhileStatementSyntax node) =>
            CheckEachTurn(node.Statement, () => base.VisitWhileStatement(node));

        public override void VisitDoStatement(DoStatementSyntax node) =>
            CheckEachTurn(node.Statement, () => base.VisitDoStatement(node));

        public override void VisitForStatement(ForStatementSyntax node) =>
            CheckEachTurn(node.Statement, () => base.VisitForStatement(node));

        public override void VisitForEachStatement(ForEachStatementSyntax node) =>
            CheckEachTurn(node.Statement, () => base.VisitForEachStatement(node));

        public override void VisitForEachVariableStatement(ForEachVariableStatementSyntax node) =>
            CheckEachTurn(node.Statement, () => base.VisitForEachVariableStatement(node));

        private void CheckEachTurn(StatementSyntax body, Action visit)
        {
            if (body is BlockSyntax block)
            {
                Found.Add((block.OpenBraceToken.Span.End, Check));
                visit();
                return;
            }

            Found.Add((body.SpanStart, "{" + Check));
            visit();
            Found.Add((body.Span.End, "}"));
        }

        public override void VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
        {
            // One that is a top-level statement itself is a method.
            if (node.Parent is not GlobalStatementSyntax)
            {
                CheckIn(node.Body);
                CheckIn(node);
            }

            base.VisitLocalFunctionStatement(node);
        }

        public override void VisitAnonymousMethodExpression(AnonymousMethodExpressionSyntax node)
        {
            CheckIn(node.Block);
            base.VisitAnonymousMethodExpression(node);
        }

        public override void VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node)
        {
            CheckIn(node);
            base.VisitSimpleLambdaExpression(node);
        }

        public override void VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node)
        {
            CheckIn(node);
            base.VisitParenthesizedLambdaExpression(node);
        }

        private void CheckIn(LambdaExpressionSyntax lambda)
        {
            CheckIn(lambda.Block);
            if (NameOf(lambda) is not { } name || !recursive.Contains(name))
            {
                return;
            }

            // Whether the expression has a value is not to be seen here; what it calls is.
            foreach (var called in Calls(lambda).Where(called => recursive.Contains(called.Identifier.ValueText)))
            {
                Found.Add((called.SpanStart, WithStack));
                Found.Add((called.Span.End, ")"));
            }
        }

        private void CheckIn(BlockSyntax? block)
        {
            if (block is not null)
            {
                Found.Add((block.OpenBraceToken.Span.End, CheckStack));
            }
        }

        private void CheckIn(LocalFunctionStatementSyntax function)
        {
            if (function.ExpressionBody is not { Expression: not ThrowExpressionSyntax } body)
            {
                return;
            }

            var isVoid =
                function.ReturnType is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
                || function.Modifiers.Any(SyntaxKind.AsyncKeyword)
                    && function.ReturnType
                        is IdentifierNameSyntax
                            or QualifiedNameSyntax { Right: IdentifierNameSyntax };
            Found.Add((body.ArrowToken.SpanStart, $"{{{CheckStack}{(isVoid ? "" : "return ")}/*"));
            Found.Add((body.ArrowToken.Span.End, "*/"));
            Found.Add((function.SemicolonToken.Span.End, "}"));
        }

        /// <summary>The variable that a lambda of one expression is assigned to; null where there is none.</summary>
        private static string? NameOf(LambdaExpressionSyntax lambda) =>
            lambda switch
            {
                { ExpressionBody: null } => null,
                { Parent: AssignmentExpressionSyntax { Left: IdentifierNameSyntax name } } => name.Identifier.ValueText,
                { Parent: EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } } => variable
                    .Identifier
                    .ValueText,
                _ => null,
            };

        /// <summary>The names that a lambda of one expression calls, as <c>f(x)</c>, <c>f.Invoke(x)</c> or <c>f?.Invoke(x)</c>.</summary>
        private static IEnumerable<IdentifierNameSyntax> Calls(LambdaExpressionSyntax lambda) =>
            lambda
                .ExpressionBody?.DescendantNodesAndSelf()
                .OfType<IdentifierNameSyntax>()
                .Where(name =>
                    name.Parent
                        is InvocationExpressionSyntax
                            or ConditionalAccessExpressionSyntax
                            or MemberAccessExpressionSyntax
                            {
                                Name.Identifier.ValueText: "Invoke",
                                Parent: InvocationExpressionSyntax,
                            }
                    && name.Parent.GetFirstToken() == name.Identifier
                )
            ?? [];
    }
}
