namespace Notebook.Jupyter;

/// <summary>A kernel that Jupyter finds.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DisplayName">What menus show; empty when its kernel.json cannot be read.</param>
/// <param name="Folder">Where it is registered.</param>
/// <param name="Launcher">The program that starts it with its first arguments, of a kernel of this project; null for others.</param>
public sealed record InstalledKernel(
    string Name,
    string DisplayName,
    string Folder,
    IReadOnlyList<string>? Launcher = null
)
{
    /// <summary>Whether the program that starts it is gone, so that it should be installed again.</summary>
    public bool IsBroken => Launcher?.Any(part => Path.IsPathRooted(part) && !File.Exists(part)) ?? false;
}
