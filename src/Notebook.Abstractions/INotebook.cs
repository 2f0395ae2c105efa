using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace Notebook;

/// <summary>
/// What an extension may ask of the place it runs in. A notebook implements it with cells and outputs, a shell with lines
/// of text; an extension cannot tell the difference and need not.
/// </summary>
/// <remarks>
/// Cancellation is not here: a magic's handler gets the running cell's <see cref="CancellationToken"/> from
/// <see cref="System.CommandLine"/>.
/// </remarks>
public interface INotebook
{
    /// <summary>
    /// Adds a command. In a notebook the command <c>fit</c> is run by a line <c>#!fit --epochs 3</c>,
    /// and its options, help and completions come from the definition itself.
    /// </summary>
    /// <param name="command">The command with its options and handler.</param>
    /// <exception cref="ArgumentException">A command of that name was added before.</exception>
    void AddMagic(Command command);

    /// <summary>
    /// Makes an assembly's public types usable from C# cells, and the assembly the one that packages get under its name. What it
    /// refers to beside the framework stays out of sight: reference also what its public members mention.
    /// </summary>
    /// <param name="assembly">The assembly to reference.</param>
    /// <param name="namespaces">Namespaces imported as if each cell began with <c>using</c>; <c>static X</c> imports a type's members.</param>
    void AddReference(System.Reflection.Assembly assembly, params string[] namespaces);

    /// <summary>Says that a package is part of the program: a cell's <c>#r "nuget: id"</c> restores nothing and gets what is loaded.</summary>
    /// <param name="id">The package's name; one that ends in an asterisk stands for all that begin so.</param>
    /// <param name="version">The version that is loaded, which a cell is told that asks for another.</param>
    /// <param name="note">A sentence that is said besides; null for none.</param>
    /// <remarks>A host that restores no packages need not implement it.</remarks>
    void AddPackage(string id, string version, string? note = null) { }

    /// <summary>Calls back each time when cells have referenced an assembly of a name, after what came with it has been loaded.</summary>
    /// <param name="assemblyName">The assembly's name, without version.</param>
    /// <param name="then">Gets the assembly.</param>
    /// <remarks>A host that leaves what packages show to the packages need not implement it.</remarks>
    void WhenReferenced(string assemblyName, Action<System.Reflection.Assembly> then) { }

    /// <summary>
    /// Shows exceptions of a type, and of types derived from it, as <see cref="CommandException"/> is shown: the message
    /// alone. For a library whose exceptions carry sentences for the user.
    /// </summary>
    /// <param name="exceptionType">The type of exception.</param>
    /// <remarks>A host that shows nothing but messages anyway need not implement it.</remarks>
    void AddMessageException(Type exceptionType) { }

    /// <summary>Shows a value below the running cell, formatted by the formatters registered for its type.</summary>
    /// <param name="value">Any object; never null.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    IDisplayedValue Display(object value);

    /// <summary>Empties what the running cell has shown so far.</summary>
    /// <param name="wait">Whether to wait for the next output, so that the picture does not flicker.</param>
    /// <remarks>A host that cannot take back what it showed need not implement it.</remarks>
    void ClearOutput(bool wait = false) { }

    /// <summary>Lets the front end open comms.</summary>
    /// <param name="target">The name that the front end opens them for.</param>
    /// <param name="opened">Called with each new comm and what came with its opening; it sets <see cref="IComm.Received"/>.</param>
    /// <remarks>A host without a front end need not implement it.</remarks>
    void AddCommTarget(string target, Action<IComm, CommMessage> opened) { }

    /// <summary>Gives a value to the cells that follow, as a variable of the value's own public type.</summary>
    /// <param name="name">A C# identifier.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="CommandException"><paramref name="name"/> is not a C# identifier.</exception>
    void SetVariable(string name, object value);

    /// <summary>Finds a variable that an earlier cell or magic left.</summary>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">Its current value.</param>
    bool TryGetVariable(string name, [NotNullWhen(true)] out object? value);

    /// <summary>The names of the variables that <see cref="TryGetVariable"/> finds, in order of creation.</summary>
    IReadOnlyList<string> VariableNames { get; }
}
