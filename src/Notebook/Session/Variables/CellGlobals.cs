// What every C# cell finds in scope without declaring it.
using System.Collections.Concurrent;
using System.ComponentModel;
using Microsoft.AspNetCore.Html;
using Microsoft.DotNet.Interactive.Formatting;
using Notebook.Outputs;
using Notebook.Session.Execution;

namespace Notebook.Session.Variables;

/// <summary>The members that C# cells see as if they were their own.</summary>
public sealed class CellGlobals
{
    private readonly ConcurrentDictionary<string, object> handedOver = [];

    internal CellGlobals(Comms comms) => Comms = comms;

    /// <summary>The lines that are open to the front end, and the way to open more.</summary>
    public Comms Comms { get; }

    /// <summary>Signalled when the running cell is interrupted; hand it to what takes long.</summary>
    public CancellationToken Cancellation => CellContext.Current?.Cancellation ?? CancellationToken.None;

    /// <summary>Shows a value below the running cell.</summary>
    /// <param name="value">Any object.</param>
    /// <param name="mimeTypes">The forms to show it in, for example <c>text/html</c>; none for all that it has.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    public DisplayedValue Display(object? value, params string[] mimeTypes) => ShownValue.Show(value, mimeTypes);

    /// <summary>The same as <see cref="Display"/>, spelled as .NET Interactive spells it.</summary>
    /// <param name="value">Any object.</param>
    /// <param name="mimeTypes">The forms to show it in; none for all that it has.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    public DisplayedValue display(object? value, params string[] mimeTypes) => ShownValue.Show(value, mimeTypes);

    /// <summary>A text as HTML, as .NET Interactive's function of that name.</summary>
    /// <param name="content">The HTML.</param>
    public IHtmlContent HTML(string content) => content.ToHtmlContent();

    /// <summary>Runs a script in the page, as .NET Interactive's function of that name.</summary>
    /// <param name="scriptContent">The script.</param>
    public void Javascript(string scriptContent) =>
        ShownValue.ShowAs($"<script type=\"text/javascript\">{scriptContent}</script>", HtmlFormatter.MimeType);

    /// <summary>Gives the page a style, as .NET Interactive's function of that name.</summary>
    /// <param name="content">The style sheet.</param>
    public void CSS(string content) => ShownValue.ShowAs($"<style>{content}</style>", HtmlFormatter.MimeType);

    /// <summary>Empties what the running cell has shown so far.</summary>
    /// <param name="wait">Whether to wait for the next output, so that the picture does not flicker.</param>
    public void ClearOutput(bool wait = false) => CellContext.Current?.Emit(new ClearOutput(wait));

    /// <summary>Takes the value that the host hands to a generated declaration. Not for cells.</summary>
    /// <param name="key">The variable's name.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public object __Take(string key) =>
        handedOver.TryRemove(key, out var value) ? value : throw new KeyNotFoundException(key);

    /// <summary>Takes a variable that a cell declares with <c>using</c>. Not for cells.</summary>
    /// <param name="name">The variable's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="dispose">Disposes it.</param>
    /// <typeparam name="T">The type it is declared as.</typeparam>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void __Using<T>(string name, T value, Action<T> dispose) =>
        Usings.Add(
            name,
            value,
            typeof(T),
            () =>
            {
                dispose(value);
                return Task.CompletedTask;
            }
        );

    /// <summary>Takes a variable that a cell declares with <c>await using</c>. Not for cells.</summary>
    /// <inheritdoc cref="__Using"/>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public void __AwaitUsing<T>(string name, T value, Func<T, Task> dispose) =>
        Usings.Add(name, value, typeof(T), () => dispose(value));

    internal UsingVariables Usings { get; } = new();

    internal void Hand(string key, object value) => handedOver[key] = value;
}
