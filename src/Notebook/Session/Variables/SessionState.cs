// What the cells that ran have left. Each cell that declares something is a link of a chain; the compiler reads it backwards, and finds
// the newest of a name first.
using System.Reflection;
using Microsoft.CodeAnalysis.Scripting;

namespace Notebook.Session.Variables;

/// <summary>A session after a cell that left something for the cells after it.</summary>
/// <param name="previous">The session before that cell; null for the first one.</param>
/// <param name="script">The cell.</param>
/// <param name="instance">The object that holds the cell's variables; null where it has none, such as one of usings alone.</param>
internal sealed class SessionState(SessionState? previous, Script script, object? instance)
{
    private readonly int count = (previous?.count ?? 0) + (instance is null ? 0 : 1);

    /// <summary>The cell, and through it those before.</summary>
    public Script Script => script;

    /// <summary>The variables of the last cell alone.</summary>
    public IEnumerable<SessionVariable> Own =>
        // What the compiler adds has a name that nobody can write.
        instance
            ?.GetType()
            .GetFields(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(each => char.IsLetterOrDigit(each.Name[0]) || each.Name[0] == '_')
            .Select(each => new SessionVariable(instance, each))
        ?? [];

    /// <summary>All variables, those of the first cell first; a name that was declared again is there again.</summary>
    public IEnumerable<SessionVariable> Variables => Chain().Reverse().SelectMany(state => state.Own);

    /// <summary>The newest variable of a name.</summary>
    public SessionVariable? GetVariable(string name) =>
        Chain().SelectMany(state => state.Own).FirstOrDefault(variable => variable.Name == name);

    /// <summary>What a compiled cell gets: the globals, the objects of the cells before it, and a place for its own.</summary>
    /// <param name="from">The session before the cell.</param>
    /// <param name="globals">The members that every cell sees.</param>
    public static object?[] Slots(SessionState? from, CellGlobals globals)
    {
        var slots = new object?[(from?.count ?? 0) + 2];
        slots[0] = globals;
        for (var state = from; state is not null; state = state.Previous)
        {
            slots[state.count] = state.Instance ?? slots[state.count];
        }

        return slots;
    }

    private SessionState? Previous => previous;

    private object? Instance => instance;

    private IEnumerable<SessionState> Chain()
    {
        for (var state = this; state is not null; state = state.Previous)
        {
            yield return state;
        }
    }
}
