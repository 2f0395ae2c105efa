// .NET Interactive's convention: interactive-extensions/dotnet in a package holds assemblies with extensions, and extension.dib, which is run.
using System.Reflection;
using Notebook.Outputs;
using Notebook.Session.Execution;

namespace Notebook.Packages;

/// <summary>Loads what packages bring for notebooks. An extension that cannot be loaded, or fails, costs a sentence and never the cell.</summary>
/// <param name="loader">Loads assemblies.</param>
/// <param name="load">Loads the extensions of an assembly, and counts them.</param>
/// <param name="loadForeign">Loads those for .NET Interactive, and counts them.</param>
/// <param name="run">Runs the cells of a document.</param>
internal sealed class PackageExtensions(
    PackageLoader loader,
    Func<Assembly, int> load,
    Func<Assembly, Task<int>> loadForeign,
    Func<string, CancellationToken, Task<ErrorOutput?>> run
)
{
    /// <summary>Loads a package's extensions, where it has any.</summary>
    public async Task LoadAsync(RestoredPackage package, CancellationToken cancellation)
    {
        var folder = Path.Combine(package.Folder, "interactive-extensions", "dotnet");
        if (!Directory.Exists(folder))
        {
            return;
        }

        var libraries = Directory.EnumerateFiles(folder, "*.dll").Order(StringComparer.Ordinal).ToList();
        var found = 0;
        foreach (var file in libraries)
        {
            found += await LoadAsync(package, file);
        }

        var notebook = Path.Combine(folder, "extension.dib");
        if (File.Exists(notebook))
        {
            await RunAsync(package, notebook, cancellation);
        }
        else if (libraries.Count > 0 && found == 0)
        {
            ShownValue.Show(
                $"{package.Name} has a folder for notebooks' extensions, and there is none in it that this kernel knows: its types can be used, its magics and formatters have to be "
                    + "registered by hand."
            );
        }
    }

    private async Task<int> LoadAsync(RestoredPackage package, string file)
    {
        try
        {
            var assembly = loader.LoadFile(file);
            return load(assembly) is > 0 and var found ? found : await loadForeign(assembly);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Say(package, Path.GetFileName(file), exception.GetBaseException());
            return 1;
        }
    }

    private async Task RunAsync(RestoredPackage package, string notebook, CancellationToken cancellation)
    {
        try
        {
            if (await run(notebook, cancellation) is { } error)
            {
                Say(package, "extension.dib", error.Value);
            }
        }
        catch (CommandException refused)
        {
            Say(package, "extension.dib", refused.Message);
        }
    }

    private static void Say(RestoredPackage package, string file, Exception exception) =>
        Say(
            package,
            file,
            exception is CommandException ? exception.Message : $"{exception.GetType().Name}: {exception.Message}"
        );

    private static void Say(RestoredPackage package, string file, string reason) =>
        ShownValue.Show(
            $"{package.Name} {package.Version} can be used, but its extension {file} stopped ({reason.Split('\n')[0].Trim().TrimEnd('.')}): what it would have registered is missing."
        );
}
