// using declarations at the top of cells. Later cells use the variables, so these are not disposed with their cell but when the variable is declared
// anew, or at the session's end; only what is good for nothing but to be disposed ends where C# ends it.
using System.Runtime.ExceptionServices;
using Notebook.Session.Execution;

namespace Notebook.Session.Variables;

/// <summary>The variables of a session that were declared with <c>using</c>. Safe to use from several threads.</summary>
internal sealed class UsingVariables
{
    private static readonly TimeSpan DisposeTimeout = TimeSpan.FromSeconds(2);
    private readonly Lock gate = new();
    private readonly List<Variable> variables = [];

    /// <summary>Takes a variable that the running cell declares.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="type">The type it is declared as.</param>
    /// <param name="dispose">Disposes the value.</param>
    public void Add(string name, object? value, Type type, Func<Task> dispose)
    {
        lock (gate)
        {
            variables.Add(new Variable(name, value, dispose, CellContext.Current, EndsWithCell(name, type)));
        }
    }

    /// <summary>Disposes what a cell declared anew. What that throws is a warning: the cell itself is well.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="declared">The variables that it declared, as they are now.</param>
    public async Task ReplaceAsync(CellContext cell, IEnumerable<(string Name, object? Value)> declared)
    {
        var values = declared.ToLookup(each => each.Name, each => each.Value);
        try
        {
            await DisposeAsync(variable =>
                variable.Cell != cell
                && values.Contains(variable.Name)
                && !values[variable.Name].Any(value => ReferenceEquals(value, variable.Value))
            );
        }
        catch (Exception exception)
        {
            await Console.Error.WriteLineAsync(
                $"warning: what a variable held that is declared anew could not be disposed: {exception.Message}"
            );
        }
    }

    /// <summary>Disposes what a cell that has ended does not hand on.</summary>
    /// <exception cref="Exception">What disposing it threw.</exception>
    public async Task EndCellAsync(CellContext cell)
    {
        try
        {
            await DisposeAsync(variable => variable.Cell == cell && variable.EndsWithCell);
        }
        finally
        {
            lock (gate)
            {
                foreach (var variable in variables.Where(each => each.Cell == cell))
                {
                    variable.Cell = null;
                }
            }
        }
    }

    /// <summary>Disposes all that is left, the newest first. What cannot be disposed in time is left to the process's end.</summary>
    public void End()
    {
        try
        {
            Task.Run(() => DisposeAsync(_ => true)).Wait(DisposeTimeout);
        }
        catch (AggregateException)
        {
            // The session is over: nobody is there to read it.
        }
    }

    private async Task DisposeAsync(Func<Variable, bool> which)
    {
        List<Variable> ended;
        lock (gate)
        {
            ended = variables.Where(which).Reverse().ToList();
            variables.RemoveAll(ended.Contains);
        }

        Exception? first = null;
        foreach (var variable in ended)
        {
            try
            {
                await variable.Dispose();
            }
            catch (Exception exception)
            {
                first ??= exception;
            }
        }

        if (first is not null)
        {
            ExceptionDispatchInfo.Throw(first);
        }
    }

    /// <summary>Whether nothing can be done with a variable but to dispose it: it has no name, no members, or is a scope.</summary>
    private static bool EndsWithCell(string name, Type type) =>
        name == "_"
        || type == typeof(IDisposable)
        || type == typeof(IAsyncDisposable)
        || type.Name.EndsWith("Scope", StringComparison.Ordinal);

    private sealed class Variable(string name, object? value, Func<Task> dispose, CellContext? cell, bool endsWithCell)
    {
        public string Name => name;

        public object? Value => value;

        public Func<Task> Dispose => dispose;

        public bool EndsWithCell => endsWithCell;

        /// <summary>The cell that declared it, while that runs.</summary>
        public CellContext? Cell { get; set; } = cell;
    }
}
