using Notebook;

namespace TResNet.Cli;

/// <summary>Which files a run writes: those named, and those that a word names after each notebook.</summary>
/// <param name="Html">The page of <c>--html</c>; null for none.</param>
/// <param name="Ipynb">The notebook of <c>--ipynb</c>; null for none.</param>
/// <param name="Outs">The words of <c>--out</c>.</param>
/// <param name="Folder">The folder of <c>--output-dir</c>; null for beside each notebook.</param>
internal sealed record OutputPlan(string? Html, string? Ipynb, IReadOnlyList<string> Outs, string? Folder)
{
    private static readonly string[] Words = ["html", "ipynb"];

    /// <summary>Why the options do not go with so many notebooks, in one sentence; null where they do.</summary>
    public string? Contradiction(int notebooks) =>
        Folder is not null && !Outs.Any(Words.Contains)
            ? $"--output-dir {Folder} says where and nothing says what: add --out html or --out ipynb."
        : notebooks > 1 && Named().FirstOrDefault() is { File: { } file, Option: var option }
            ? $"{option} {file} is one file and there are {notebooks} notebooks: write --out {Path.GetExtension(file)[1..].ToLowerInvariant()}, which names one after each."
        : null;

    /// <summary>The notebooks with the files that their runs write.</summary>
    /// <exception cref="CommandException">A file has another ending.</exception>
    public IReadOnlyList<NotebookFile> For(IReadOnlyList<NotebookFile> notebooks)
    {
        var named = Named().ToList();
        var words = Outs.Where(Words.Contains).Distinct().ToList();
        var written = notebooks
            .SelectMany(notebook => words.Select(word => After(notebook, word, notebook.Name)))
            .GroupBy(path => path)
            .Where(group => group.Count() > 1)
            .Select(group => group.Key)
            .ToHashSet();
        return
        [
            .. notebooks.Select(notebook =>
                notebook with
                {
                    Outputs =
                    [
                        .. named
                            .Select(each => each.File)
                            .Concat(words.Select(word => After(notebook, word, written)))
                            .Distinct(),
                    ],
                }
            ),
        ];
    }

    private IEnumerable<(string Option, string File)> Named()
    {
        foreach (var (option, file) in new[] { ("--html", Html), ("--ipynb", Ipynb) })
        {
            if (file is not null)
            {
                yield return Path.GetExtension(file).Equals($".{option[2..]}", StringComparison.OrdinalIgnoreCase)
                    ? (option, file)
                    : throw new CommandException($"{option} {file} does not end in .{option[2..]}; name the file so.");
            }
        }

        foreach (var output in Outs.Where(output => !Words.Contains(output)))
        {
            yield return Path.GetExtension(output).ToLowerInvariant() is ".html" or ".ipynb"
                ? ("--out", output)
                : throw new CommandException(
                    $"--out {output} is neither html, ipynb nor a file that ends so; name it so."
                );
        }
    }

    /// <summary>The file that a word names; with the notebook's own ending where a.dib and a.ipynb would write the same.</summary>
    private string After(NotebookFile notebook, string word, HashSet<string> taken)
    {
        var path = After(notebook, word, notebook.Name);
        return taken.Contains(path) ? After(notebook, word, notebook.Name + ".x") : path;
    }

    // Never the notebook itself.
    private string After(NotebookFile notebook, string word, string name)
    {
        var path = Folder is null
            ? Path.Combine(Path.GetDirectoryName(notebook.Path)!, Path.GetFileName(name))
            : Path.Combine(Folder, name);
        return Path.ChangeExtension(path, word == "html" ? ".html" : NotebookFiles.RunSuffix);
    }
}
