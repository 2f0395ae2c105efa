namespace Notebook.Packages;

/// <summary>A package that a restore chose.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
/// <param name="Folder">Where it lies in NuGet's cache.</param>
internal sealed record RestoredPackage(string Name, string Version, string Folder);
