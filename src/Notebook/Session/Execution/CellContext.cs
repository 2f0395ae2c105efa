// Which cell is running, seen from whatever code it calls: console writers, display helpers, threads it started.
using Notebook.Language;
using Notebook.Outputs;

namespace Notebook.Session.Execution;

/// <summary>A running cell: where its outputs go and what stops it.</summary>
internal sealed class CellContext
{
    private static readonly AsyncLocal<CellContext?> Flowing = new();
    private static volatile CellContext? running;
    private readonly Lock gate = new();
    private readonly OutputLimit limit = new();
    private readonly Action<Output> sink;

    private readonly Func<InputQuestion, CancellationToken, string>? ask;

    private CellContext(
        Action<Output> sink,
        Func<InputQuestion, CancellationToken, string>? ask,
        bool isInSubshell,
        CellFiles files,
        CancellationToken cancellation
    )
    {
        this.sink = sink;
        this.ask = ask;
        Files = files;
        IsInSubshell = isInSubshell;
        Cancellation = cancellation;
    }

    /// <summary>
    /// The cell on whose behalf the caller runs. The execution context carries it into tasks and threads; a thread that
    /// was started without it (a native callback) counts for the cell that runs at the time. Null between cells.
    /// </summary>
    public static CellContext? Current => Flowing.Value ?? running;

    public CancellationToken Cancellation { get; }

    /// <summary>Whether it runs in a subshell, beside the cell of the main shell.</summary>
    public bool IsInSubshell { get; }

    /// <summary>The language that the running magic stands in.</summary>
    public SegmentKind Language { get; set; }

    /// <summary>The lines below the running magic, where it reads them.</summary>
    public string Below { get; set; } = "";

    /// <summary>Why it has failed, where code that went on to its end says that it has; null where none does.</summary>
    public string? Failure { get; set; }

    /// <summary>The files that it runs.</summary>
    public CellFiles Files { get; }

    /// <summary>Makes the calling asynchronous flow the running cell until the scope is disposed.</summary>
    /// <param name="sink">Where outputs go.</param>
    /// <param name="ask">Answers the cell's questions; null when nobody can.</param>
    /// <param name="inSubshell">Whether it runs in a subshell: threads without a context still count for the cell of the main shell.</param>
    /// <param name="folder">The notebook's folder; null where only the working folder is known.</param>
    /// <param name="cancellation">What stops it.</param>
    public static Scope Enter(
        Action<Output> sink,
        Func<InputQuestion, CancellationToken, string>? ask,
        bool inSubshell,
        string? folder,
        CancellationToken cancellation
    )
    {
        var context = new CellContext(sink, ask, inSubshell, new CellFiles(folder), cancellation);
        var scope = new Scope(context, Flowing.Value, running, inSubshell);
        Flowing.Value = scope.Context;
        if (!inSubshell)
        {
            running = scope.Context;
        }

        return scope;
    }

    /// <summary>Asks the person in front of the cell that runs now.</summary>
    /// <inheritdoc cref="Ask(InputQuestion)"/>
    public static string AskNow(InputQuestion question) =>
        Current is { } cell
            ? cell.Ask(question)
            : throw new CommandException("Nobody can be asked for input now: no cell is running.");

    /// <summary>Asks the person in front of the cell and waits for the answer.</summary>
    /// <exception cref="CommandException">Nobody can answer.</exception>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    public string Ask(InputQuestion question) => Ask(question, Cancellation);

    /// <param name="question">The question.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <inheritdoc cref="Ask(InputQuestion)"/>
    public string Ask(InputQuestion question, CancellationToken cancellation) =>
        ask is null
            ? throw new CommandException(
                "The cell asks for input, and nobody can answer: the front end takes no questions (allow_stdin is false), "
                    + "or the notebook runs without one. Write the value into the cell instead."
            )
            : ask(question, cancellation);

    /// <summary>Emits an output. Outputs of several threads reach the sink one at a time.</summary>
    public void Emit(Output output)
    {
        lock (gate)
        {
            if (limit.Cut(output) is { } shown)
            {
                sink(shown);
            }
        }
    }

    public sealed class Scope(CellContext context, CellContext? flowing, CellContext? wasRunning, bool inSubshell)
        : IDisposable
    {
        public CellContext Context => context;

        public void Dispose()
        {
            Flowing.Value = flowing;
            if (!inSubshell)
            {
                running = wasRunning;
            }
        }
    }
}
