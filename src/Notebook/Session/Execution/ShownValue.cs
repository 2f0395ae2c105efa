// Microsoft.DotNet.Interactive.Formatting has the type that cells get, and tells whoever subscribed of everything that is displayed with it, by cells and
// by packages.
using Microsoft.DotNet.Interactive.Formatting;
using Notebook.Outputs;
using Notebook.Session.Formatting;

namespace Notebook.Session.Execution;

/// <summary>A value on show below a cell; updates keep reaching it after the cell has ended.</summary>
internal sealed class ShownValue : DisplayedValue, IDisplayedValue
{
    [ThreadStatic]
    private static string? handled;

    private readonly CellContext cell;
    private readonly IReadOnlyCollection<string> mimeTypes;

    private static readonly IDisposable Subscription = Formatter.SubscribeToDisplayedValues(Show);

    private ShownValue(CellContext cell, object? value, IReadOnlyCollection<string> mimeTypes)
        : base(value, [.. mimeTypes.Select(each => new FormattedValue(each, ""))])
    {
        this.cell = cell;
        this.mimeTypes = mimeTypes;
    }

    /// <summary>Listens to what is displayed without a call of <see cref="Show(object?, IReadOnlyCollection{string})"/>.</summary>
    public static void Listen() => GC.KeepAlive(Subscription);

    /// <summary>Whether what is displayed under an id has just been shown, so that another listener on this thread need not; true once.</summary>
    public static bool HasShown(string? id)
    {
        var isShown = id is not null && id == handled;
        handled = isShown ? null : handled;
        return isShown;
    }

    /// <summary>Shows a value below the running cell.</summary>
    /// <exception cref="InvalidOperationException">No cell is running.</exception>
    public static ShownValue Show(object? value, params IReadOnlyCollection<string> mimeTypes)
    {
        var cell =
            CellContext.Current
            ?? throw new InvalidOperationException(
                "Nothing can be displayed now: no cell is running. Call Display from a cell or a magic."
            );
        var shown = new ShownValue(cell, value, mimeTypes);
        cell.Emit(new DisplayOutput(ValueFormatting.Format(value, mimeTypes), shown.DisplayId));
        return shown;
    }

    /// <summary>Shows a text as what it is.</summary>
    /// <param name="text">The text, for example HTML.</param>
    /// <param name="mimeType">What it is.</param>
    /// <inheritdoc cref="Show(object?, IReadOnlyCollection{string})"/>
    public static DisplayedValue ShowAs(string text, string mimeType)
    {
        var shown = new DisplayedValue(text, [new FormattedValue(mimeType, text)]);
        Emit(shown);
        return shown;
    }

    /// <inheritdoc/>
    void IDisplayedValue.Update(object value) => Emit(value);

    private void Emit(object? value) =>
        (CellContext.Current ?? cell).Emit(new DisplayUpdate(ValueFormatting.Format(value, mimeTypes), DisplayId));

    private static void Show(DisplayedValue displayed)
    {
        handled = displayed.DisplayId;
        Emit(displayed);
    }

    private static void Emit(DisplayedValue displayed)
    {
        if (displayed is ShownValue own)
        {
            own.Emit(own.Value);
        }
        else if (CellContext.Current is { } cell)
        {
            var data = ValueFormatting.Of(displayed.FormattedValues, displayed.Value);
            cell.Emit(
                displayed.IsUpdated
                    ? new DisplayUpdate(data, displayed.DisplayId)
                    : new DisplayOutput(data, displayed.DisplayId)
            );
        }
    }
}
