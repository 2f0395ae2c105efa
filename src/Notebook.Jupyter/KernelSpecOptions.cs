namespace Notebook.Jupyter;

/// <summary>Where and how the kernel is registered.</summary>
public sealed record KernelSpecOptions
{
    /// <summary>The program that starts the kernel and its first arguments; <c>jupyter start {connection_file}</c> follows.</summary>
    public required IReadOnlyList<string> Launcher { get; init; }

    /// <summary>The kernel's name, which is its folder's: lower-case letters, digits, dots, dashes and underscores.</summary>
    public required string Name { get; init; }

    /// <summary>What the front end's menus show.</summary>
    public required string DisplayName { get; init; }

    /// <summary>What Jupyter's server gives besides; nothing by default.</summary>
    public IReadOnlyList<KernelFile> Files { get; init; } = [];

    /// <summary>The files that <see cref="KernelSpec.Install"/> writes into its folder.</summary>
    public IReadOnlyList<string> FileNames => [KernelSpec.FileName, .. Files.Select(file => file.FileName)];

    /// <summary>An environment such as <c>/usr/local</c> or a virtualenv to install into; null, the default, for the user alone.</summary>
    public string? Prefix { get; init; }
}
