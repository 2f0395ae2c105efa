using Notebook.Outputs;
using Notebook.Session.Formatting;

namespace Notebook.Session.Execution;

/// <summary>A value on show below a cell; updates keep reaching it after the cell has ended.</summary>
internal sealed class DisplayedValue : IDisplayedValue
{
    private readonly CellContext cell;
    private readonly string id = Guid.NewGuid().ToString("N");
    private readonly IReadOnlyCollection<string> mimeTypes;

    private DisplayedValue(CellContext cell, IReadOnlyCollection<string> mimeTypes)
    {
        this.cell = cell;
        this.mimeTypes = mimeTypes;
    }

    /// <exception cref="InvalidOperationException">No cell is running.</exception>
    public static DisplayedValue Show(object? value, params IReadOnlyCollection<string> mimeTypes)
    {
        var cell =
            CellContext.Current
            ?? throw new InvalidOperationException(
                "Nothing can be displayed now: no cell is running. Call Display from a cell or a magic."
            );
        var shown = new DisplayedValue(cell, mimeTypes);
        cell.Emit(new DisplayOutput(ValueFormatting.Format(value, mimeTypes), shown.id));
        return shown;
    }

    /// <inheritdoc/>
    public void Update(object value) =>
        (CellContext.Current ?? cell).Emit(new DisplayUpdate(ValueFormatting.Format(value, mimeTypes), id));
}
