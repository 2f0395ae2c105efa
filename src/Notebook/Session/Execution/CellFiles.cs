// Which files a cell runs besides its own text. A name in one is looked for beside that file first, as C# scripts and notebooks expect.
namespace Notebook.Session.Execution;

/// <summary>The files that a cell loads or imports, and where their names are looked for.</summary>
/// <param name="folder">The notebook's folder; null where only the working folder is known.</param>
internal sealed class CellFiles(string? folder)
{
    private readonly Stack<string> running = new();
    private readonly HashSet<string> loaded = new(StringComparer.Ordinal);

    /// <summary>The file whose code runs; null for the cell itself.</summary>
    public string? Running => running.TryPeek(out var file) ? file : null;

    /// <summary>The full path of a file that a cell names: beside the file that names it, beside the notebook, in the working folder.</summary>
    /// <returns>The first that is there; where none is, the first that was looked for.</returns>
    public string Resolve(string name)
    {
        var places = Folders().Select(place => Path.GetFullPath(name, place)).ToList();
        return places.Find(File.Exists) ?? places[0];
    }

    /// <summary>Whether a file has not been loaded by this cell yet; from now on it has.</summary>
    public bool IsFirst(string path) => loaded.Add(path);

    /// <summary>Makes a file the running one until what is returned is disposed.</summary>
    /// <exception cref="CommandException">It runs already, so that it would run itself for ever.</exception>
    public IDisposable Enter(string path)
    {
        if (running.Contains(path))
        {
            throw new CommandException($"{Path.GetFileName(path)} imports itself: take that line out of it.");
        }

        running.Push(path);
        return new Leaving(running);
    }

    private IEnumerable<string> Folders()
    {
        foreach (var file in running)
        {
            yield return Path.GetDirectoryName(file)!;
        }

        if (folder is not null)
        {
            yield return folder;
        }

        yield return Directory.GetCurrentDirectory();
    }

    private sealed class Leaving(Stack<string> running) : IDisposable
    {
        public void Dispose() => running.Pop();
    }
}
