namespace Notebook.Documents;

/// <summary>A document as cells that another cell runs.</summary>
internal static class ImportedCells
{
    /// <summary>The texts of the cells that do something: C# with its magics, HTML and the like; Markdown is for reading.</summary>
    /// <param name="path">A notebook (<c>.dib</c>, <c>.ipynb</c>), or C# (<c>.cs</c>, <c>.csx</c>), which is one cell.</param>
    /// <exception cref="CommandException">There is no such file, or it is of another kind.</exception>
    public static IReadOnlyList<string> Of(string path)
    {
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".dib" or ".ipynb":
                return
                [
                    .. DocumentFormats
                        .Read(path)
                        .Cells.Where(cell => !cell.IsMarkdown && cell.Language != CellLanguage.Raw)
                        .Select(cell =>
                            cell.Language == CellLanguage.CSharp ? cell.Source : $"#!{cell.Language}\n{cell.Source}"
                        ),
                ];
            case ".cs" or ".csx":
                return [DocumentFormats.ReadText(path)];
            default:
                throw new CommandException(
                    $"'{path}' cannot be imported: name a notebook (.dib, .ipynb) or C# (.cs, .csx)."
                );
        }
    }
}
