// C# cells on Roslyn scripting: each cell is a submission that sees the ones before it.
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;

namespace Notebook.Session;

/// <summary>The state of the C# cells that ran so far: variables, types, usings.</summary>
internal sealed class CSharpSession : IDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // What C# says of scripts as such: annotations for null without a context, versions of references that differ, a Main beside global code.
    private static readonly HashSet<string> Noise = ["CS8632", "CS1701", "CS1702", "CS7021", "CS7022"];

    private readonly Lock gate = new();
    private readonly HashSet<string> warned = [];
    private readonly CellGlobals globals;
    private readonly List<KeyValuePair<string, object>> pending = [];
    private readonly CellSurroundings surroundings;
    private SessionState? state;
    private bool running;
    private Beside? beside;
    private int handed;

    public CSharpSession(Comms comms, CellAssemblies assemblies) =>
        (globals, surroundings) = (new CellGlobals(comms), new CellSurroundings(assemblies));

    /// <inheritdoc cref="CellSurroundings.AddReference"/>
    public void AddReference(Assembly assembly, params IEnumerable<string> namespaces) =>
        surroundings.AddReference(assembly, namespaces);

    /// <inheritdoc/>
    public void Dispose()
    {
        globals.Usings.End();
        surroundings.Dispose();
    }

    /// <summary>What a text would mean as the next cell, without running it; from any thread, also while a cell runs.</summary>
    /// <param name="code">The text, which need not compile.</param>
    public Analysis Analyze(string code)
    {
        code = CellSyntax.Of(code).Code;
        Script<object> script;
        lock (gate)
        {
            script =
                pending.Count == 0
                    ? surroundings.Continue(state, code)
                    : surroundings.Continue(
                        surroundings.Continue(
                            state,
                            Declarations(pending.Select(each => (each.Key, each.Key, each.Value)))
                        ),
                        code
                    );
        }

        var compilation = script.GetCompilation();
        var tree = compilation.SyntaxTrees.First();
        return new Analysis(tree.GetRoot(), compilation.GetSemanticModel(tree, ignoreAccessibility: false));
    }

    /// <summary>Runs a C# cell, or the part of one that follows a magic.</summary>
    /// <param name="code">The code, with blank lines where the cell has other things, so that lines are the cell's.</param>
    /// <param name="cellText">The whole cell, to show lines from.</param>
    /// <param name="place">Where the code stands (<see cref="CodePlace"/>).</param>
    /// <param name="cell">
    /// The cell that runs it. Beside the cell whose turn it is, it sees what there was before that cell began, and what it
    /// declares is handed to the cells after.
    /// </param>
    /// <param name="cancellation">Stops the compilation, and is what the cell sees as <c>Cancellation</c>.</param>
    /// <returns>The value of the last expression if there is one to show, or what does not compile, or what was thrown.</returns>
    public async Task<SegmentResult> RunAsync(
        string code,
        string cellText,
        string place,
        CellContext cell,
        CancellationToken cancellation
    )
    {
        var isBeside = cell.IsBeside;
        var start = isBeside ? BeginBeside() : Begin();
        try
        {
            var (result, after) = await RunAsync(start.From, code, cellText, place, cancellation);
            if (after is not null && after != start.From)
            {
                Keep(after, start, isBeside);
                await globals.Usings.ReplaceAsync(cell, after.Own.Select(each => (each.Name, each.Value)));
            }

            return result;
        }
        finally
        {
            if (!isBeside)
            {
                End();
            }
        }
    }

    /// <summary>Ends what a cell, all of its parts, does not hand on.</summary>
    /// <exception cref="Exception">What disposing it threw.</exception>
    public Task EndCellAsync(CellContext cell) => globals.Usings.EndCellAsync(cell);

    private async Task<(SegmentResult, SessionState?)> RunAsync(
        SessionState? from,
        string code,
        string cellText,
        string place,
        CancellationToken cancellation
    )
    {
        var syntax = CellSyntax.Of(code);
        var rest = syntax.Code;
        if (CellLibrary.TakeFrom(rest, CellSyntax.Script) is { } library)
        {
            if (surroundings.Add(library, place, from?.Script, cancellation) is { Count: > 0 } wrong)
            {
                return (SegmentResult.Failed(CellError.From(CellCures.OfLibrary(wrong), cellText, place)), from);
            }

            rest = library.Rest;
        }

        var source = InterruptibleCode.From(rest, CellSyntax.Script, syntax.Insertions, syntax.Parenthesised);
        var script = surroundings.Continue(from, source.Text, place);
        var (compiled, found) = surroundings.Compile(script, cancellation);
        if (compiled is null)
        {
            var errors = CellCures.Of(Of(found, DiagnosticSeverity.Error, source), rest, from?.Script);
            return (SegmentResult.Failed(CellError.From(errors, cellText, place)), from);
        }

        // Each once in a session: a cell that runs again has nothing new to say.
        foreach (
            var warning in Of(found, DiagnosticSeverity.Warning, source)
                .Select(each =>
                    (Key: $"{each.Id} {each.Message}", Text: $"line {each.Line}: {each.Message} ({each.Id})")
                )
                .Concat(CellCures.Notes(code, from?.Script).Select(note => (Key: note, Text: note)))
                .Where(each => warned.Add(each.Key))
        )
        {
            Console.Error.WriteLine($"warning: {warning.Text}");
        }

        Task<(object? Value, Exception? Thrown, SessionState? After)> ending;
        using (new SleepBreaker(cancellation))
        {
            ending = compiled.RunAsync(from, globals);
        }

        if (!await EndsAsync(ending, cancellation))
        {
            return (SegmentResult.Failed(CellError.Interruption()), from);
        }

        var (value, thrown, after) = await ending;
        return (
            thrown is not null ? SegmentResult.Threw(thrown)
            : value is not null ? SegmentResult.Value(value)
            : EndsInExpression(script) ? SegmentResult.Value(null)
            : SegmentResult.None,
            after
        );
    }

    private static List<CellDiagnostic> Of(
        IEnumerable<Diagnostic> found,
        DiagnosticSeverity severity,
        InterruptibleCode source
    ) =>
        [
            .. found
                .Where(each => each.Severity == severity && !Noise.Contains(each.Id))
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

    public void SetVariable(string name, object value)
    {
        if (!SyntaxFacts.IsValidIdentifier(name) || SyntaxFacts.GetKeywordKind(name) != SyntaxKind.None)
        {
            throw new CommandException(
                $"'{name}' cannot name a variable: use letters, digits and underscores, not starting with a digit, and no C# keyword."
            );
        }

        foreach (var assembly in TypeNames.Assemblies(TypeNames.Visible(value.GetType())))
        {
            AddReference(assembly);
        }

        lock (gate)
        {
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
    }

    public object? GetVariable(string name)
    {
        lock (gate)
        {
            var waiting = pending.Find(each => each.Key == name);
            return waiting.Key is null ? state?.GetVariable(name)?.Value : waiting.Value;
        }
    }

    public IReadOnlyList<string> VariableNames
    {
        get
        {
            lock (gate)
            {
                return (state?.Variables.Select(variable => variable.Name) ?? [])
                    .Concat(pending.Select(each => each.Key))
                    .Distinct()
                    .ToList();
            }
        }
    }

    /// <summary>Compiles something small, so that the first cell finds the compiler loaded and compiled to machine code.</summary>
    public void WarmUp() =>
        surroundings.Compile(
            surroundings.Continue((Script?)null, "var a = new[] { 1, 2 }; a.Select(x => x + 1).Sum()"),
            CancellationToken.None
        );

    private Start Begin()
    {
        KeyValuePair<string, object>[] waiting;
        lock (gate)
        {
            (running, beside) = (true, null);
            waiting = [.. pending];
            pending.Clear();
        }

        state = Declare(state, waiting);
        return new Start(state, state, [], IsAlone: false);
    }

    private void End()
    {
        lock (gate)
        {
            (running, beside) = (false, null);
        }

        surroundings.Tidy();
    }

    private Start BeginBeside()
    {
        KeyValuePair<string, object>[] waiting;
        SessionState? from;
        bool isAlone;
        lock (gate)
        {
            if (running && beside is not null && beside.Base == state)
            {
                return new Start(beside.Base, beside.Last, [], IsAlone: false);
            }

            (waiting, from, isAlone) = ([.. pending], state, !running);
        }

        return new Start(from, Declare(from, waiting), waiting, isAlone);
    }

    private void Keep(SessionState next, Start start, bool isBeside)
    {
        lock (gate)
        {
            if (!isBeside)
            {
                state = next;
                return;
            }

            if (start.IsAlone && !running && state == start.Base)
            {
                // Nobody else ran: the cell is simply the next one.
                state = next;
                pending.RemoveAll(start.Declared.Contains);
                return;
            }

            beside = running ? new Beside(start.Base, next) : null;
        }

        // The other cells know no type that was declared here.
        var own = Submissions(next.Script, start.Base?.Script).ToHashSet();
        foreach (var variable in next.Own)
        {
            if (
                variable.Value is { } value
                && !TypeNames
                    .Assemblies(TypeNames.Visible(value.GetType()))
                    .Any(assembly => own.Contains(assembly.GetName().Name))
            )
            {
                SetVariable(variable.Name, value);
            }
        }
    }

    /// <summary>The assemblies of the submissions from one back to another, which is left out.</summary>
    private static IEnumerable<string?> Submissions(Script? last, Script? first)
    {
        for (var script = last; script is not null && script != first; script = script.Previous)
        {
            yield return script.GetCompilation().AssemblyName;
        }
    }

    /// <summary>Declares the host's variables in one submission: a compilation costs the same for one as for ten.</summary>
    private SessionState? Declare(SessionState? from, IReadOnlyCollection<KeyValuePair<string, object>> variables)
    {
        if (variables.Count == 0)
        {
            return from;
        }

        var handing = new List<(string Name, string Key, object Value)>();
        foreach (var (name, value) in variables)
        {
            var key = $"{name} {Interlocked.Increment(ref handed)}";
            globals.Hand(key, value);
            handing.Add((name, key, value));
        }

        var (compiled, found) = surroundings.Compile(
            surroundings.Continue(from, Declarations(handing)),
            CancellationToken.None
        );
        return compiled is null
            ? throw new InvalidOperationException(string.Join(' ', found))
            : compiled.RunAsync(from, globals).GetAwaiter().GetResult().After;
    }

    private static string Declarations(IEnumerable<(string Name, string Key, object Value)> variables)
    {
        var code = new StringBuilder();
        foreach (var (name, key, value) in variables)
        {
            var type = TypeNames.Source(TypeNames.Visible(value.GetType()));
            code.AppendLine($"{type} {name} = ({type}){nameof(CellGlobals.__Take)}(\"{key}\");");
        }

        return code.ToString();
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

    /// <summary>Where a cell began.</summary>
    /// <param name="Base">The session's state.</param>
    /// <param name="From">That, with what was waiting to be declared.</param>
    /// <param name="Declared">What was, in a cell beside another; it still waits for the others.</param>
    /// <param name="IsAlone">Whether it began beside another cell with none running.</param>
    private sealed record Start(
        SessionState? Base,
        SessionState? From,
        IReadOnlyCollection<KeyValuePair<string, object>> Declared,
        bool IsAlone
    );

    /// <summary>Where the cells beside a long one have come to.</summary>
    private sealed record Beside(SessionState? Base, SessionState Last);
}
