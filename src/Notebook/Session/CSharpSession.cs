// C# cells on Roslyn scripting: each cell is a submission that sees the ones before it.
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Scripting;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Notebook.Running;

namespace Notebook.Session;

/// <summary>The state of the C# cells that ran so far: variables, types, usings.</summary>
internal sealed class CSharpSession
{
    private const string FilePrefix = "cell ";
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);
    private static readonly CSharpParseOptions Parsing = new(
        LanguageVersion.Latest,
        DocumentationMode.None,
        SourceCodeKind.Script
    );

    private static readonly string[] DefaultNamespaces =
    [
        "System",
        "System.Collections.Generic",
        "System.Diagnostics",
        "System.Globalization",
        "System.IO",
        "System.Linq",
        "System.Net.Http",
        "System.Text",
        "System.Text.Json",
        "System.Text.RegularExpressions",
        "System.Threading",
        "System.Threading.Tasks",
        "Microsoft.DotNet.Interactive.Formatting",
        "Notebook",
    ];

    private readonly CellGlobals globals = new();
    private readonly List<KeyValuePair<string, object>> pending = [];
    private readonly References references = new();
    private ScriptOptions options;
    private ScriptState<object>? state;

    public CSharpSession()
    {
        options = ScriptOptions
            .Default.WithLanguageVersion(LanguageVersion.Latest)
            .WithImports(DefaultNamespaces)
            .WithAllowUnsafe(true)
            .WithEmitDebugInformation(true)
            .WithFileEncoding(Encoding.UTF8);
        AddReference(typeof(INotebook).Assembly);
        AddReference(typeof(DisplayExtensions).Assembly);
        AddReference(typeof(Microsoft.DotNet.Interactive.Formatting.Formatter).Assembly);
        AddReference(typeof(Microsoft.AspNetCore.Html.IHtmlContent).Assembly);
    }

    /// <summary>The number of the cell whose code a file name in a stack trace stands for.</summary>
    public static string? CellOf(string file) =>
        file.StartsWith(FilePrefix, StringComparison.Ordinal) ? file[FilePrefix.Length..] : null;

    public void AddReference(Assembly assembly, params IEnumerable<string> namespaces)
    {
        if (references.Add(assembly))
        {
            options = options.WithReferences(references.All);
        }

        foreach (var name in namespaces)
        {
            options = options.AddImports(
                name.StartsWith("static ", StringComparison.Ordinal) ? name["static ".Length..].Trim() : name
            );
        }
    }

    /// <summary>Runs a C# cell, or the part of one that follows a magic.</summary>
    /// <param name="code">The code, with blank lines where the cell has other things, so that lines are the cell's.</param>
    /// <param name="cellText">The whole cell, to show lines from.</param>
    /// <param name="cell">The cell's number.</param>
    /// <param name="cancellation">Stops the compilation, and is what the cell sees as <c>Cancellation</c>.</param>
    /// <returns>The value of the last expression if there is one to show, or what does not compile, or what was thrown.</returns>
    public async Task<SegmentResult> RunAsync(string code, string cellText, int cell, CancellationToken cancellation)
    {
        DeclarePending();
        var source = InterruptibleCode.From(code, Parsing);
        var script = Continue(source.Text, options.WithFilePath(FilePrefix + cell));
        var errors = script
            .Compile(cancellation)
            .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => CellDiagnostic.From(diagnostic, source.Original(diagnostic.Location.SourceSpan)))
            .OrderBy(error => (error.Line, error.Column))
            .ToList();
        if (errors.Count > 0)
        {
            return SegmentResult.Failed(CellError.From(errors, cellText));
        }

        var running = RunAsync(script, cancellation);
        if (!await EndsAsync(running, cancellation))
        {
            return SegmentResult.Failed(CellError.Interruption());
        }

        state = await running;
        return state.Exception is { } exception ? SegmentResult.Threw(exception)
            : state.ReturnValue is { } value ? SegmentResult.Value(value)
            : EndsInExpression(script) ? SegmentResult.Value(null)
            : SegmentResult.None;
    }

    /// <summary>
    /// Waits for a cell that awaits something. Interrupted, it has a moment to end by itself; then it is left behind, and
    /// the session goes on from before it.
    /// </summary>
    private static async Task<bool> EndsAsync(Task running, CancellationToken cancellation)
    {
        var interrupted = new TaskCompletionSource();
        using var registration = cancellation.Register(interrupted.SetResult);
        return await Task.WhenAny(running, interrupted.Task) == running
            || await Task.WhenAny(running, Task.Delay(Grace, CancellationToken.None)) == running;
    }

    public void SetVariable(string name, object value)
    {
        if (!SyntaxFacts.IsValidIdentifier(name) || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None)
        {
            throw new CommandException(
                $"'{name}' cannot name a variable: use letters, digits and underscores, not starting with a digit, and no C# keyword."
            );
        }

        pending.RemoveAll(each => each.Key == name);
        if (
            state?.GetVariable(name) is { IsReadOnly: false } variable
            && variable.Type == TypeNames.Visible(value.GetType())
        )
        {
            variable.Value = value;
        }
        else
        {
            pending.Add(KeyValuePair.Create(name, value));
        }
    }

    public object? GetVariable(string name)
    {
        var waiting = pending.Find(each => each.Key == name);
        return waiting.Key is null ? state?.GetVariable(name)?.Value : waiting.Value;
    }

    public IReadOnlyList<string> VariableNames =>
        (state?.Variables.Select(variable => variable.Name) ?? [])
            .Concat(pending.Select(each => each.Key))
            .Distinct()
            .ToList();

    /// <summary>Compiles something small, so that the first cell finds the compiler loaded and compiled to machine code.</summary>
    public void WarmUp() =>
        CSharpScript
            .Create<object>(
                "using System.Linq; var a = new[] { 1, 2 }; a.Select(x => x + 1).Sum()",
                options,
                typeof(CellGlobals)
            )
            .Compile();

    /// <summary>Declares the host's variables in one submission: a compilation costs the same for one as for ten.</summary>
    private void DeclarePending()
    {
        if (pending.Count == 0)
        {
            return;
        }

        var code = new StringBuilder();
        foreach (var (name, value) in pending)
        {
            var type = TypeNames.Visible(value.GetType());
            foreach (var assembly in TypeNames.Assemblies(type))
            {
                AddReference(assembly);
            }

            globals.Hand(name, value);
            code.AppendLine(
                $"{TypeNames.Source(type)} {name} = ({TypeNames.Source(type)}){nameof(CellGlobals.__Take)}(\"{name}\");"
            );
        }

        pending.Clear();
        state = RunAsync(Continue(code.ToString(), options), CancellationToken.None).GetAwaiter().GetResult();
    }

    private Script<object> Continue(string code, ScriptOptions cellOptions) =>
        state is null
            ? CSharpScript.Create<object>(code, cellOptions, typeof(CellGlobals))
            : state.Script.ContinueWith<object>(code, cellOptions);

    private Task<ScriptState<object>> RunAsync(Script<object> script, CancellationToken cancellation) =>
        state is null
            ? script.RunAsync(globals, _ => true, cancellation)
            : script.RunFromAsync(state, _ => true, cancellation);

    private static bool EndsInExpression(Script script)
    {
        var compilation = script.GetCompilation();
        var tree = compilation.SyntaxTrees.First();
        return tree.GetRoot()
                is CompilationUnitSyntax
                {
                    Members: [.., GlobalStatementSyntax { Statement: ExpressionStatementSyntax last }]
                }
            && last.SemicolonToken.IsMissing
            && compilation.GetSemanticModel(tree).GetTypeInfo(last.Expression).Type
                is { SpecialType: not SpecialType.System_Void };
    }
}

/// <summary>What a part of a cell came to.</summary>
internal sealed record SegmentResult(bool HasValue, object? Result, ErrorOutput? Error, Exception? Exception)
{
    public static readonly SegmentResult None = new(false, null, null, null);

    public static SegmentResult Value(object? value) => new(true, value, null, null);

    public static SegmentResult Failed(ErrorOutput error) => new(false, null, error, null);

    public static SegmentResult Threw(Exception exception) => new(false, null, null, exception);
}
