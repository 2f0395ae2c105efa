using System.CommandLine;
using Notebook.Documents;
using Notebook.Rendering;

namespace TResNet.Cli;

/// <summary><c>tresnet convert</c>: one notebook format to another, without running it.</summary>
internal static class ConvertCommand
{
    public static Command Create(Terminal terminal)
    {
        var from = new Argument<string>("from") { Description = "A .dib or .ipynb file." };
        var to = new Argument<string>("to") { Description = "The file to write: .dib, .ipynb or .html." };
        var command = new Command(
            "convert",
            "Converts a notebook between .dib and .ipynb, or to a page, without running it."
        )
        {
            from,
            to,
        };
        command.SetAction(parsed =>
        {
            var (source, target) = (parsed.GetRequiredValue(from), parsed.GetRequiredValue(to));
            var document = DocumentFormats.Read(source);
            if (Path.GetExtension(target).Equals(".html", StringComparison.OrdinalIgnoreCase))
            {
                NotebookPage.Write(document, target, Path.GetDirectoryName(Path.GetFullPath(source)));
            }
            else
            {
                DocumentFormats.Write(document, target);
            }

            terminal.WriteLine($"Written: {target} ({document.Cells.Count} cells)");
        });
        return command;
    }
}
