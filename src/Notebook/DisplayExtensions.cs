using Notebook.Session.Execution;

namespace Notebook;

/// <summary>Lets a cell write <c>value.Display()</c>.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows a value below the running cell.</summary>
    /// <param name="value">Any object.</param>
    /// <param name="mimeTypes">The forms to show it in, for example <c>text/html</c>; none for all that it has.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    /// <exception cref="InvalidOperationException">No cell is running.</exception>
    public static IDisplayedValue Display(this object? value, params string[] mimeTypes) =>
        DisplayedValue.Show(value, mimeTypes);

    /// <summary>The same as <see cref="Display"/>, spelled as .NET Interactive's function is.</summary>
    /// <inheritdoc cref="Display"/>
    public static IDisplayedValue display(this object? value, params string[] mimeTypes) =>
        DisplayedValue.Show(value, mimeTypes);
}
