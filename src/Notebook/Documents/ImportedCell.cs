namespace Notebook.Documents;

/// <summary>A cell of a document that another cell runs.</summary>
/// <param name="Text">What runs.</param>
/// <param name="Name">What errors call it.</param>
/// <param name="MayFail">Whether an error in it is expected, and what follows runs all the same.</param>
internal sealed record ImportedCell(string Text, string Name, bool MayFail)
{
    /// <summary>The cells that do something: C# with its magics, HTML and the like; Markdown is for reading.</summary>
    /// <param name="path">A notebook (<c>.dib</c>, <c>.ipynb</c>), or C# (<c>.cs</c>, <c>.csx</c>), which is one cell.</param>
    /// <exception cref="CommandException">There is no such file, or it is of another kind.</exception>
    public static IReadOnlyList<ImportedCell> Of(string path)
    {
        var name = Path.GetFileName(path);
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".dib" or ".ipynb":
                return
                [
                    .. DocumentFormats
                        .Read(path)
                        .Cells.Where(cell => !cell.IsMarkdown && cell.Language != CellLanguage.Raw)
                        .Select(
                            (cell, at) =>
                                (
                                    cell,
                                    new ImportedCell(
                                        cell.Language == CellLanguage.CSharp
                                            ? cell.Source
                                            : $"#!{cell.Language}\n{cell.Source}",
                                        $"{name}, cell {at + 1}",
                                        CellTags.Has(cell, CellTags.RaisesException)
                                    )
                                )
                        )
                        .Where(each => !CellTags.Has(each.cell, CellTags.SkipExecution))
                        .Select(each => each.Item2),
                ];
            case ".cs" or ".csx":
                return [new ImportedCell(DocumentFormats.ReadText(path), name, MayFail: false)];
            default:
                throw new CommandException(
                    $"'{path}' cannot be imported: name a notebook (.dib, .ipynb) or C# (.cs, .csx)."
                );
        }
    }
}
