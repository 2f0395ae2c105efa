// From the text of a cell to its value: what a script does not take is rewritten, compiled as a library or explained; the rest is compiled and run.
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Notebook.Session.Compiler;
using Notebook.Session.Errors;
using Notebook.Session.Execution;
using Notebook.Session.Interruption;
using Notebook.Session.Variables;

namespace Notebook.Session;

/// <summary>Compiles and runs submissions, each after the state that it is given.</summary>
/// <param name="compiler">Compiles them.</param>
/// <param name="globals">The members that every cell sees.</param>
/// <param name="enter">Called with the code of a cell before it runs; what it gives is disposed after that.</param>
internal sealed class SubmissionRunner(CellCompiler compiler, CellGlobals globals, Func<string, IDisposable?> enter)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // What C# says of scripts as such: annotations for null without a context, versions of references that differ, a Main beside global code.
    private static readonly HashSet<string> IgnoredDiagnostics = ["CS8632", "CS1701", "CS1702", "CS7021", "CS7022"];

    private readonly HashSet<string> warned = [];
    private readonly HostVariables hostVariables = new(globals);

    /// <summary>Runs a cell's code.</summary>
    /// <param name="from">The session before it.</param>
    /// <param name="cell">The code.</param>
    /// <param name="cancellation">Stops the compilation, and the code where it looks.</param>
    /// <returns>What it came to, and the session after it: the same where it leaves nothing.</returns>
    public async Task<(SegmentResult Result, SessionState? After)> RunAsync(
        SessionState? from,
        CellSource cell,
        CancellationToken cancellation
    )
    {
        var syntax = CellSyntax.Of(cell.Code);
        var rest = syntax.Code;
        if (CellLibrary.TakeFrom(rest, CellSyntax.Script) is { } library)
        {
            if (compiler.Add(library, cell.Location, from?.Script, cancellation) is { Count: > 0 } wrong)
            {
                return (SegmentResult.Failed(CellError.From(CompilationAdvice.OfLibrary(wrong), cell)), from);
            }

            rest = library.Rest;
        }

        var source = InterruptibleCode.From(rest, CellSyntax.Script, syntax.Insertions, syntax.Parenthesised);
        var script = compiler.Continue(from, source.Text, cell.Location);
        var (compiled, found) = compiler.Compile(script, cancellation);
        if (compiled is null)
        {
            var errors = CompilationAdvice.Of(Of(found, DiagnosticSeverity.Error, source), rest, from?.Script);
            return (SegmentResult.Failed(CellError.From(errors, cell)), from);
        }

        Warn(Of(found, DiagnosticSeverity.Warning, source), CompilationAdvice.Notes(cell.Code, from?.Script));
        Task<(object? Value, Exception? Thrown, SessionState? After)> running;
        using var entered = enter(cell.Code);
        using (new BlockedThreadInterrupter(cancellation))
        {
            running = compiled.RunAsync(from, globals);
        }

        if (!await EndsAsync(running, cancellation))
        {
            return (SegmentResult.Failed(CellError.Interruption()), from);
        }

        var (value, thrown, after) = await running;
        return (
            thrown is not null ? SegmentResult.Threw(thrown)
            : value is not null ? SegmentResult.Value(value)
            : EndsInExpression(script) ? SegmentResult.Value(null)
            : SegmentResult.None,
            after
        );
    }

    /// <summary>Declares the host's variables in one submission: a compilation costs the same for one as for ten.</summary>
    public SessionState? Declare(SessionState? from, IReadOnlyCollection<KeyValuePair<string, object>> variables)
    {
        if (variables.Count == 0)
        {
            return from;
        }

        var (compiled, found) = compiler.Compile(
            compiler.Continue(from, hostVariables.Declare(variables)),
            CancellationToken.None
        );
        return compiled is null
            ? throw new InvalidOperationException(string.Join(' ', found))
            : compiled.RunAsync(from, globals).GetAwaiter().GetResult().After;
    }

    // Each once in a session: a cell that runs again has nothing new to say.
    private void Warn(IEnumerable<CellDiagnostic> warnings, IEnumerable<string> notes)
    {
        foreach (
            var (_, text) in warnings
                .Select(each =>
                    (Key: $"{each.Id} {each.Message}", Text: $"line {each.Line}: {each.Message} ({each.Id})")
                )
                .Concat(notes.Select(note => (Key: note, Text: note)))
                .Where(each => warned.Add(each.Key))
        )
        {
            Console.Error.WriteLine($"warning: {text}");
        }
    }

    private static List<CellDiagnostic> Of(
        IEnumerable<Diagnostic> found,
        DiagnosticSeverity severity,
        InterruptibleCode source
    ) =>
        [
            .. found
                .Where(each => each.Severity == severity && !IgnoredDiagnostics.Contains(each.Id))
                .Select(each => CellDiagnostic.From(each, source.Original(each.Location.SourceSpan)))
                .OrderBy(each => (each.Line, each.Column)),
        ];

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
