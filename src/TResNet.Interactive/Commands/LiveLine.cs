using Notebook;

namespace TResNet.Interactive.Commands;

/// <summary>A place in the notebook for what changes: a progress line first, what came out in the end.</summary>
internal sealed class LiveLine(INotebook notebook)
{
    private IDisplayedValue? shown;

    /// <summary>Shows a value in place of the one before.</summary>
    public void Show(object value)
    {
        if (shown is null)
        {
            shown = notebook.Display(value);
        }
        else
        {
            shown.Update(value);
        }
    }
}
