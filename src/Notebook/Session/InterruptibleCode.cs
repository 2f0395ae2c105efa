// Cells are compiled with a check at every turn of a loop and before every top-level statement, so that an interrupt stops
// while (true) { }. What runs in a library, or sleeps on the cell's thread, cannot be stopped this way.
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Notebook.Session;

/// <summary>A cell's code with its checks. Lines stay as they are; <see cref="Original(TextSpan)"/> finds columns back.</summary>
internal sealed class InterruptibleCode
{
    // Debug.WriteLine is there for people who write it; annotations such as string? mean what they say, without warnings.
    private const string Preamble = "#define DEBUG\n#define TRACE\n#nullable enable annotations\n#line 1\n";
    private const string Check = "global::Notebook.Session.Interrupt.Check();";
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
    public static InterruptibleCode From(
        string code,
        CSharpParseOptions options,
        IEnumerable<(int Position, string Text)>? more = null
    )
    {
        var tree = CSharpSyntaxTree.ParseText(code, options);
        if (tree.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
        {
            return new InterruptibleCode(code, []);
        }

        var places = new Places();
        places.Visit(tree.GetRoot());
        return new InterruptibleCode(
            code,
            [(0, Preamble), .. places.Found.Concat(more ?? []).OrderBy(place => place.Position)]
        );
    }

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

    private sealed class Places : CSharpSyntaxWalker
    {
        public List<(int Position, string Text)> Found { get; } = [];

        public override void VisitGlobalStatement(GlobalStatementSyntax node)
        {
            Found.Add((node.SpanStart, Check));
            base.VisitGlobalStatement(node);
        }

        public override void VisitWhileStatement(WhileStatementSyntax node)
        {
            Guard(node.Statement);
            base.VisitWhileStatement(node);
            Close(node.Statement);
        }

        public override void VisitDoStatement(DoStatementSyntax node)
        {
            Guard(node.Statement);
            base.VisitDoStatement(node);
            Close(node.Statement);
        }

        public override void VisitForStatement(ForStatementSyntax node)
        {
            Guard(node.Statement);
            base.VisitForStatement(node);
            Close(node.Statement);
        }

        public override void VisitForEachStatement(ForEachStatementSyntax node)
        {
            Guard(node.Statement);
            base.VisitForEachStatement(node);
            Close(node.Statement);
        }

        public override void VisitForEachVariableStatement(ForEachVariableStatementSyntax node)
        {
            Guard(node.Statement);
            base.VisitForEachVariableStatement(node);
            Close(node.Statement);
        }

        private void Guard(StatementSyntax body)
        {
            if (body is BlockSyntax block)
            {
                Found.Add((block.OpenBraceToken.Span.End, Check));
            }
            else
            {
                Found.Add((body.SpanStart, "{" + Check));
            }
        }

        private void Close(StatementSyntax body)
        {
            if (body is not BlockSyntax)
            {
                Found.Add((body.Span.End, "}"));
            }
        }
    }
}
