// A cell's assembly, in memory. What declares nothing for other cells lives in a context of its own that goes when nothing of it is in use any more.
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Scripting;
using Notebook.Session.Assemblies;
using Notebook.Session.Variables;

namespace Notebook.Session.Compiler;

/// <summary>A cell that was compiled, and can run.</summary>
internal sealed class CompiledCell
{
    /// <summary>
    /// How the code of cells is emitted: with lines for traces, and with a look at the stack at the start of every function,
    /// so that recursion without end is an exception. A stack that overflows ends the process, and the session with it.
    /// </summary>
    public static readonly EmitOptions Emitting = new(
        debugInformationFormat: DebugInformationFormat.PortablePdb,
        instrumentationKinds: [InstrumentationKind.StackOverflowProbing]
    );

    private readonly Script script;
    private readonly bool isKept;

    // By what it gets (SessionState.Slots); null where the cell has nothing to run, such as one of usings alone.
    private readonly Func<object?[], Task<object?>>? entry;

    private CompiledCell(Script script, bool isKept, Func<object?[], Task<object?>>? entry) =>
        (this.script, this.isKept, this.entry) = (script, isKept, entry);

    /// <summary>Compiles a cell.</summary>
    /// <param name="script">The cell.</param>
    /// <param name="contexts">Where its assembly is loaded.</param>
    /// <param name="cancellation">Stops the compiler.</param>
    /// <returns>The cell, unless it does not compile, and what the compiler says of it.</returns>
    public static (CompiledCell? Cell, IReadOnlyList<Diagnostic> Found) From(
        Script script,
        CellAssemblyLoader contexts,
        CancellationToken cancellation
    )
    {
        var compilation = script.GetCompilation();
        IReadOnlyList<Diagnostic> found = compilation.GetParseDiagnostics(cancellation);
        if (HasErrors(found))
        {
            return (null, found);
        }

        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        var result = Emit(compilation, image, symbols, cancellation);
        found = result.Diagnostics;
        var isKept = Leaves(script, compilation);
        if (!result.Success)
        {
            // Without an error, there was nothing to emit.
            return (HasErrors(found) ? null : new CompiledCell(script, isKept, entry: null), found);
        }

        (image.Position, symbols.Position) = (0, 0);
        var method = compilation.GetEntryPoint(cancellation)!;
        var entry = contexts
            .Load(image, symbols, isKept)
            .GetType(method.ContainingType.MetadataName, throwOnError: true)!
            .GetMethod(method.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .CreateDelegate<Func<object?[], Task<object?>>>();
        return (new CompiledCell(script, isKept, entry), found);
    }

    /// <summary>Runs it.</summary>
    /// <param name="from">The session before it.</param>
    /// <param name="globals">The members that every cell sees.</param>
    /// <returns>The value of its last expression or what it threw, and the session after it: the same where it leaves nothing.</returns>
    public async Task<(object? Value, Exception? Thrown, SessionState? After)> RunAsync(
        SessionState? from,
        CellGlobals globals
    )
    {
        var slots = SessionState.Slots(from, globals);
        object? value = null;
        Exception? thrown = null;
        try
        {
            value = entry is null ? null : await entry(slots).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        return (value, thrown, isKept ? new SessionState(from, script, slots[^1]) : from);
    }

    // Roslyn 5.12 throws for what it does not foresee in a script: checked and unchecked where a tuple is taken apart.
    private static EmitResult Emit(
        Compilation compilation,
        Stream image,
        Stream symbols,
        CancellationToken cancellation
    )
    {
        try
        {
            return compilation.Emit(image, symbols, options: Emitting, cancellationToken: cancellation);
        }
        catch (Exception failure)
            when (failure.GetBaseException()
                    is NullReferenceException
                        or InvalidOperationException
                        or ArgumentException
                        or InvalidCastException
            )
        {
            throw new CommandException(
                $"The C# compiler itself failed on this cell ({failure.GetBaseException().GetType().Name}): write it in other words, such as a variable of its own for what is checked or unchecked in var (a, b) = ...",
                failure
            );
        }
    }

    private static bool HasErrors(IEnumerable<Diagnostic> found) =>
        found.Any(each => each.Severity == DiagnosticSeverity.Error);

    // For the cells after it: variables, functions, types, usings, and references, which need not be bound again then.
    private static bool Leaves(Script script, Compilation compilation) =>
        script.Previous is null
        || script.Options.MetadataReferences.Length > 0
        || compilation.SyntaxTrees.Any(tree => ((CompilationUnitSyntax)tree.GetRoot()).Usings.Count > 0)
        || compilation.ScriptClass!.GetMembers().Any(member => !member.IsImplicitlyDeclared);
}
