namespace Notebook.Packages;

/// <summary>A package that is part of the program, so that nothing is restored for it.</summary>
/// <param name="Id">Its name; one that ends in an asterisk stands for all that begin so.</param>
/// <param name="Version">The version that the program has.</param>
/// <param name="Note">What else to say where a cell asks for it; null for nothing.</param>
internal sealed record ProvidedPackage(string Id, string Version, string? Note)
{
    /// <summary>Whether it stands for a package of this name.</summary>
    public bool Is(string name) =>
        Id.EndsWith('*')
            ? name.StartsWith(Id[..^1], StringComparison.OrdinalIgnoreCase)
            : Id.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>What to say where a cell asks for a version of it; null for any.</summary>
    public string Sentence(string name, string? version) =>
        (
            version is null || version.Contains('*', StringComparison.Ordinal) || IsThis(version)
                ? $"{name} {Version} is part of this program."
                : $"{name} {Version} is part of this program and stays what this session uses: {version} is not restored."
        ) + (Note is null ? "" : $" {Note}");

    // A fourth number counts builds of the package.
    private bool IsThis(string version) =>
        version == Version || version.StartsWith(Version + ".", StringComparison.Ordinal);
}
