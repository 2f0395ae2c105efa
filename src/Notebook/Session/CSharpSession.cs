// C# cells on Roslyn scripting: each cell is a submission that sees the ones before it.
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Scripting;
using Notebook.Session.Assemblies;
using Notebook.Session.Compiler;
using Notebook.Session.Execution;
using Notebook.Session.Variables;

namespace Notebook.Session;

/// <summary>The state of the C# cells that ran so far: variables, types, usings.</summary>
internal sealed class CSharpSession : IDisposable
{
    private readonly Lock gate = new();
    private readonly CellGlobals globals;
    private readonly List<KeyValuePair<string, object>> pending = [];
    private readonly CellCompiler compiler;
    private readonly SubmissionRunner runner;
    private SessionState? state;
    private bool running;
    private SubshellState? subshell;

    /// <summary>Starts with nothing.</summary>
    /// <param name="comms">The lines to the front end.</param>
    /// <param name="assemblies">What assemblies' names mean.</param>
    /// <param name="enter">Called with the code of each cell before it runs; what it gives is disposed after that. Null for nothing.</param>
    public CSharpSession(Comms comms, CellAssemblies assemblies, Func<string, IDisposable?>? enter = null)
    {
        (globals, compiler) = (new CellGlobals(comms), new CellCompiler(assemblies));
        runner = new SubmissionRunner(compiler, globals, enter ?? (_ => null));
    }

    /// <inheritdoc cref="CellCompiler.AddReference"/>
    public void AddReference(Assembly assembly, params IEnumerable<string> namespaces) =>
        compiler.AddReference(assembly, namespaces);

    /// <inheritdoc/>
    public void Dispose()
    {
        globals.Usings.End();
        compiler.Dispose();
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
                    ? compiler.Continue(state, code)
                    : compiler.Continue(compiler.Continue(state, HostVariables.Describe(pending)), code);
        }

        var compilation = script.GetCompilation();
        var tree = compilation.SyntaxTrees.First();
        return new Analysis(tree.GetRoot(), compilation.GetSemanticModel(tree, ignoreAccessibility: false));
    }

    /// <summary>Runs a C# cell, or the part of one that follows a magic.</summary>
    /// <param name="source">The code.</param>
    /// <param name="cell">
    /// The cell that runs it. In a subshell it sees what there was before the main shell's cell began, and what it declares is handed to the
    /// cells after that.
    /// </param>
    /// <param name="cancellation">Stops the compilation, and is what the cell sees as <c>Cancellation</c>.</param>
    /// <returns>The value of the last expression if there is one to show, or what does not compile, or what was thrown.</returns>
    public async Task<SegmentResult> RunAsync(CellSource source, CellContext cell, CancellationToken cancellation)
    {
        var start = cell.IsInSubshell ? BeginInSubshell() : Begin();
        try
        {
            var (result, after) = await runner.RunAsync(start.From, source, cancellation);
            if (after is not null && after != start.From)
            {
                Keep(after, start, cell.IsInSubshell);
                await globals.Usings.ReplaceAsync(cell, after.Own.Select(each => (each.Name, each.Value)));
            }

            return result;
        }
        finally
        {
            if (!cell.IsInSubshell)
            {
                End();
            }
        }
    }

    /// <summary>Ends what a cell, all of its parts, does not hand on.</summary>
    /// <exception cref="Exception">What disposing it threw.</exception>
    public Task EndCellAsync(CellContext cell) => globals.Usings.EndCellAsync(cell);

    /// <summary>Gives cells a variable, in place of one of its name.</summary>
    /// <exception cref="CommandException">The name is none that C# allows.</exception>
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
        compiler.Compile(
            compiler.Continue((Script?)null, "var a = new[] { 1, 2 }; a.Select(x => x + 1).Sum()"),
            CancellationToken.None
        );

    private CellStart Begin()
    {
        KeyValuePair<string, object>[] waiting;
        lock (gate)
        {
            (running, subshell) = (true, null);
            waiting = [.. pending];
            pending.Clear();
        }

        state = runner.Declare(state, waiting);
        return new CellStart(state, state, [], IsAlone: false);
    }

    private void End()
    {
        lock (gate)
        {
            (running, subshell) = (false, null);
        }

        compiler.CollectUnloaded();
    }

    private CellStart BeginInSubshell()
    {
        KeyValuePair<string, object>[] waiting;
        SessionState? from;
        bool isAlone;
        lock (gate)
        {
            if (running && subshell is not null && subshell.Base == state)
            {
                return new CellStart(subshell.Base, subshell.Last, [], IsAlone: false);
            }

            (waiting, from, isAlone) = ([.. pending], state, !running);
        }

        return new CellStart(from, runner.Declare(from, waiting), waiting, isAlone);
    }

    private void Keep(SessionState next, CellStart start, bool isInSubshell)
    {
        lock (gate)
        {
            if (!isInSubshell)
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

            subshell = running ? new SubshellState(start.Base, next) : null;
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

    /// <summary>Where a cell began.</summary>
    /// <param name="Base">The session's state.</param>
    /// <param name="From">That, with what was waiting to be declared.</param>
    /// <param name="Declared">What was, in a cell of a subshell; it still waits for the others.</param>
    /// <param name="IsAlone">Whether it began in a subshell with no cell of the main shell running.</param>
    private sealed record CellStart(
        SessionState? Base,
        SessionState? From,
        IReadOnlyCollection<KeyValuePair<string, object>> Declared,
        bool IsAlone
    );

    /// <summary>Where the cells of subshells have come to while one of the main shell runs.</summary>
    private sealed record SubshellState(SessionState? Base, SessionState Last);
}
