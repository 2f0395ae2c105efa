// A notebook without a front end: cells go in, outputs come out. The Jupyter kernel and the headless runner are clients of it.
using System.CommandLine;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Notebook.DotNetInteractive;
using Notebook.Language;
using Notebook.Magics;
using Notebook.Outputs;
using Notebook.Packages;
using Notebook.Session;
using Notebook.Session.Assemblies;
using Notebook.Session.Errors;
using Notebook.Session.Execution;
using Notebook.Session.Interruption;
using Notebook.Session.Language;

namespace Notebook;

/// <summary>
/// Runs cells one after the other, with the state that they share. A cell is C#; a line <c>#!name</c> in it is a magic, and
/// <c>#!markdown</c>, <c>#!html</c>, <c>#!javascript</c> and <c>#!csharp</c> say what the lines below are.
/// </summary>
public sealed class NotebookHost : INotebook, IDisposable
{
    /// <summary>The longest cell that is run, in UTF-16 code units; a longer one ends with an error that says so.</summary>
    public const int LongestCell = CellLimit.Letters;

    private readonly CSharpSession session;
    private readonly CellThread thread = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly PackageLoader loader;
    private readonly PackageManager packages;
    private readonly CellRunner runner;
    private readonly KernelInvocations invocations;
    private readonly List<INotebookExtension> loaded = [];
    private int executionCount;

    /// <summary>Makes a notebook and loads extensions into it.</summary>
    /// <param name="extensions">What to load, in order.</param>
    /// <param name="product">The program that hosts it; null for <see cref="HostProduct.Unnamed"/>.</param>
    public NotebookHost(IEnumerable<INotebookExtension> extensions, HostProduct? product = null)
    {
        Product = product ?? HostProduct.Unnamed;
        CellConsoleWriter.Install();
        ShownValue.Listen();
        var assemblies = new CellAssemblies();
        var kernels = new Lazy<RootKernel>(() => new RootKernel(this, Magics, ExecuteInsideAsync));
        invocations = new KernelInvocations(assemblies, kernels);
        session = new CSharpSession(Comms, assemblies, invocations.Enter);
        Language = new NotebookLanguage(Magics, new CSharpLanguage(session));
        Magics.Reserve(CellSplitter.SelectorNames);
        BuiltInMagics.AddTo(this);
        loader = new PackageLoader(assemblies);
        packages = new PackageManager(
            new PackageRestore(Path.Combine(Product.CacheFolder, "packages")),
            loader,
            assembly => session.AddReference(assembly),
            new PackageExtensions(
                loader,
                LoadExtensions,
                new ExtensionLoader(kernels, invocations, Magics).LoadAsync,
                (path, token) => runner!.RunFileAsync(path, RunningCell(), token)
            )
        );
        runner = new CellRunner(session, Magics, packages, loader, Shared);
        foreach (var extension in extensions)
        {
            Load(extension);
        }

        WarmUp = Task.Run(session.WarmUp);
    }

    /// <summary>The program that hosts the notebook.</summary>
    public HostProduct Product { get; }

    /// <summary>What was loaded.</summary>
    public IReadOnlyList<INotebookExtension> Extensions => loaded;

    /// <summary>The magics, those of the extensions included.</summary>
    public MagicRegistry Magics { get; } = new();

    /// <summary>Completes and explains cells: magics by their definitions, C# by the session.</summary>
    public ILanguageService Language { get; }

    /// <summary>The variables that were given to JavaScript, as JSON by name.</summary>
    internal Dictionary<string, string> Shared { get; } = [];

    /// <summary>What <c>#!value</c> keeps, by name.</summary>
    internal Dictionary<string, string> Values { get; } = [];

    /// <summary>The lines between the notebook and its front end.</summary>
    public Comms Comms { get; } = new();

    /// <summary>How many cells were run; the number of the last one, which names it in traces.</summary>
    public int ExecutionCount => executionCount;

    /// <inheritdoc/>
    public IReadOnlyList<string> VariableNames => session.VariableNames;

    /// <summary>The notebook's folder, where files that its cells name are looked for; null where only the working folder is known.</summary>
    internal string? Folder { get; set; }

    /// <summary>Ends when the compiler is loaded.</summary>
    internal Task WarmUp { get; }

    /// <summary>Runs a cell. Cells run one at a time; a call waits for the one before.</summary>
    /// <param name="cellText">The cell's text.</param>
    /// <param name="sink">Gets each output as it is emitted, from any thread but never two at once.</param>
    /// <param name="cancellation">Interrupts the cell.</param>
    /// <param name="ask">Answers what the cell asks (<see cref="Input"/>, <see cref="Console.ReadLine"/>); null when nobody can.</param>
    /// <returns>How it ended; what goes wrong in the cell is an output, never an exception.</returns>
    public async Task<CellResult> ExecuteAsync(
        string cellText,
        Action<Output> sink,
        CancellationToken cancellation = default,
        Func<InputQuestion, CancellationToken, string>? ask = null
    )
    {
        await turn.WaitAsync(CancellationToken.None);
        try
        {
            await WarmUp;
            return await thread.RunAsync(() => RunCellAsync(cellText, sink, ask, inSubshell: false, cancellation));
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>
    /// Runs a cell of a subshell (Jupyter Enhancement Proposal 91) at once on the calling thread, beside one that may be running. It sees the variables, types and usings
    /// of the cells that have ended. Variables that it declares are there for the cells after it; while another cell runs,
    /// its types, functions and usings, and variables of its types, are there for further cells beside that one only.
    /// </summary>
    /// <inheritdoc cref="ExecuteAsync"/>
    public async Task<CellResult> ExecuteInSubshellAsync(
        string cellText,
        Action<Output> sink,
        CancellationToken cancellation = default,
        Func<InputQuestion, CancellationToken, string>? ask = null
    )
    {
        await WarmUp;
        return await RunCellAsync(cellText, sink, ask, inSubshell: true, cancellation);
    }

    /// <summary>Calls code of the notebook that no cell asked for, such as a comm's, and shows what goes wrong in it.</summary>
    /// <param name="action">The code.</param>
    /// <param name="sink">Gets what it emits, from any thread but never two at once.</param>
    /// <param name="cancellation">Interrupts it.</param>
    /// <param name="ask">Answers what it asks; null when nobody can.</param>
    /// <returns>What went wrong, which was emitted too; null when nothing did.</returns>
    public ErrorOutput? Call(
        Action action,
        Action<Output> sink,
        CancellationToken cancellation,
        Func<InputQuestion, CancellationToken, string>? ask = null
    )
    {
        using var scope = CellContext.Enter(sink, ask, inSubshell: true, Folder, cancellation);
        using var watched = Interrupt.Watch(cancellation);
        using var invocation = invocations.Enter("");
        try
        {
            action();
            return null;
        }
        catch (Exception exception)
        {
            var error = runner.ErrorOf(exception, cancellation);
            scope.Context.Emit(error);
            return error;
        }
    }

    /// <inheritdoc/>
    public void AddMagic(Command command) => Magics.Add(command);

    /// <inheritdoc/>
    public void AddReference(Assembly assembly, params string[] namespaces) =>
        session.AddReference(assembly, namespaces);

    /// <inheritdoc/>
    public void WhenReferenced(string assemblyName, Action<Assembly> then) =>
        packages.WhenReferenced(assemblyName, then);

    /// <inheritdoc/>
    public void AddMessageException(Type exceptionType) => runner.AddMessageException(exceptionType);

    /// <inheritdoc/>
    public void AddPackage(string id, string version, string? note = null) =>
        packages.Provide(new ProvidedPackage(id, version, note));

    /// <inheritdoc/>
    public IDisplayedValue Display(object value) => ShownValue.Show(value);

    /// <inheritdoc/>
    public void ClearOutput(bool wait = false) => CellContext.Current?.Emit(new ClearOutput(wait));

    /// <inheritdoc/>
    public void AddCommTarget(string target, Action<IComm, CommMessage> opened) => Comms.AddTarget(target, opened);

    /// <inheritdoc/>
    public void SetVariable(string name, object value) => session.SetVariable(name, value);

    /// <inheritdoc/>
    public bool TryGetVariable(string name, [NotNullWhen(true)] out object? value)
    {
        value = session.GetVariable(name);
        return value is not null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // What its variables dispose may still load something of a package.
        session.Dispose();
        invocations.Dispose();
        loader.Dispose();
        thread.Dispose();
        turn.Dispose();
    }

    /// <summary>Runs a text that the running cell sends, as a cell beside it.</summary>
    private async Task<CellResult> ExecuteInsideAsync(
        string text,
        Action<Output> sink,
        CancellationToken cancellation
    ) =>
        await RunCellAsync(
            text,
            sink,
            RunningCell().Ask,
            inSubshell: true,
            cancellation,
            CodeLocation.OfFile("submission")
        );

    /// <summary>Runs the code cells of a document as if they stood in the running cell. The first error ends it.</summary>
    /// <param name="path">A notebook (<c>.dib</c>, <c>.ipynb</c>), or C# (<c>.cs</c>, <c>.csx</c>).</param>
    /// <param name="cancellation">Interrupts it.</param>
    /// <exception cref="CommandException">The document cannot be read, or a cell of it fails.</exception>
    internal async Task ImportAsync(string path, CancellationToken cancellation)
    {
        var cell = RunningCell();
        if (await runner.RunFileAsync(path, cell, cancellation) is { } error)
        {
            cell.Emit(error);
            cancellation.ThrowIfCancellationRequested();
            throw new CommandException($"{path} was imported up to the cell that failed.");
        }
    }

    private static CellContext RunningCell() =>
        CellContext.Current ?? throw new CommandException("A document is imported by a cell.");

    private void Load(INotebookExtension extension)
    {
        extension.Load(this);
        loaded.Add(extension);
    }

    private int LoadExtensions(Assembly assembly)
    {
        // An extension for another host refers to what is not here, and its types cannot even be listed.
        if (
            assembly
                .GetReferencedAssemblies()
                .All(each => each.Name != typeof(INotebookExtension).Assembly.GetName().Name)
        )
        {
            return 0;
        }

        var found = assembly
            .GetExportedTypes()
            .Where(type =>
                type.IsAssignableTo(typeof(INotebookExtension)) && type is { IsAbstract: false, IsInterface: false }
            )
            .ToList();
        found.ForEach(type => Load((INotebookExtension)Activator.CreateInstance(type)!));
        return found.Count;
    }

    private async Task<CellResult> RunCellAsync(
        string cellText,
        Action<Output> sink,
        Func<InputQuestion, CancellationToken, string>? ask,
        bool inSubshell,
        CancellationToken cancellation,
        string? location = null
    )
    {
        using var scope = CellContext.Enter(sink, ask, inSubshell, Folder, cancellation);
        using var watched = Interrupt.Watch(cancellation);
        using var invocation = invocations.Enter(cellText);
        var watch = Stopwatch.StartNew();
        var error = await runner.RunAsync(
            cellText,
            location ?? CodeLocation.OfCell(Interlocked.Increment(ref executionCount)),
            scope.Context,
            cancellation
        );
        var ending = await EndAsync(scope.Context);
        error ??= ending;
        if (error is null && scope.Context.Failure is { } failure)
        {
            error = new ErrorOutput(nameof(scope.Context.Failure), failure, [failure]);
        }

        if (error is not null)
        {
            scope.Context.Emit(error);
        }

        return new CellResult(error, watch.Elapsed) { Cancelled = error?.Name == CellError.Interrupted };
    }

    private async Task<ErrorOutput?> EndAsync(CellContext cell)
    {
        try
        {
            await session.EndCellAsync(cell);
            return null;
        }
        catch (Exception exception)
        {
            return runner.ErrorOf(exception, CancellationToken.None);
        }
    }
}
