using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.DotNet.Interactive.Formatting.TabularData;
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
    public static DisplayedValue Display(this object? value, params string[] mimeTypes) =>
        ShownValue.Show(value, mimeTypes);

    /// <summary>The same as <see cref="Display"/>, spelled as .NET Interactive's function is.</summary>
    /// <inheritdoc cref="Display"/>
    public static DisplayedValue display(this object? value, params string[] mimeTypes) =>
        ShownValue.Show(value, mimeTypes);

    /// <summary>Shows a text as what it is, for example HTML that it holds.</summary>
    /// <param name="value">The text.</param>
    /// <param name="mimeType">What it is, for example <c>text/html</c>.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    public static DisplayedValue DisplayAs(this string value, string mimeType) => ShownValue.ShowAs(value, mimeType);

    /// <summary>Shows a sequence as a table, a row for each element and a column for each member.</summary>
    /// <param name="value">The sequence.</param>
    /// <param name="mimeTypes">The forms to show it in; none for all that it has.</param>
    /// <typeparam name="T">What it is a sequence of.</typeparam>
    /// <returns>A handle that replaces what is shown.</returns>
    /// <exception cref="InvalidOperationException">No cell is running.</exception>
    public static DisplayedValue DisplayTable<T>(this IEnumerable<T> value, params string[] mimeTypes) =>
        ShownValue.Show(value.ToTabularDataResource(), mimeTypes);
}
