namespace Notebook;

/// <summary>A library's entry into a notebook: loaded once, it adds magics and formatters.</summary>
public interface INotebookExtension
{
    /// <summary>The name shown by the host when it lists what is loaded, for example <c>Charts</c>.</summary>
    string Name { get; }

    /// <summary>Registers what the extension brings. Called once, before the first cell runs.</summary>
    /// <param name="notebook">The notebook, or the shell that stands in for one.</param>
    void Load(INotebook notebook);
}
