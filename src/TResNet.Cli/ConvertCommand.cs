using System.CommandLine;
using Notebook;
using Notebook.Documents;
using Notebook.Pages;

namespace TResNet.Cli;

/// <summary><c>tresnet convert</c>: one notebook format to another, without running it.</summary>
internal static class ConvertCommand
{
    public static Command Create(Terminal terminal)
    {
        var from = new Argument<string>("from") { Description = "A .dib or .ipynb file." };
        var to = new Argument<string>("to") { Description = "The file to write: .dib, .ipynb or .html." };
        var force = new Option<bool>("--force") { Description = "Replaces a file that is there." };
        var command = new Command(
            "convert",
            "Converts a notebook between .dib and .ipynb, with cell ids and tags, or to a page, without running it."
        )
        {
            from,
            to,
            force,
            SanitizeOptions.Sanitize,
            SanitizeOptions.NoSanitize,
        };
        command.SetAction(parsed =>
        {
            var (source, target) = (parsed.GetRequiredValue(from), parsed.GetRequiredValue(to));
            var isPage = Path.GetExtension(target).Equals(".html", StringComparison.OrdinalIgnoreCase);
            var sanitize = SanitizeOptions.Read(parsed, isPage ? null : target);
            var document = DocumentFormats.Read(source);
            if (File.Exists(target) && !parsed.GetValue(force))
            {
                throw new CommandException(
                    $"'{target}' is there already; choose another name, or replace it with --force."
                );
            }

            var lost = 0;
            if (isPage)
            {
                var folder = Path.GetDirectoryName(Path.GetFullPath(source));
                lost = NotebookPage.Write(document, target, folder, sanitize: sanitize);
            }
            else
            {
                DocumentFormats.Write(document, target, Product.TResNet.Kernel);
            }

            foreach (var note in document.Notes.Append(SanitizeOptions.Said(lost)).OfType<string>())
            {
                terminal.WriteSentence(note);
            }

            terminal.WriteLine($"Written: {target} ({document.Cells.Count} cells{LeftOut(document, target)})");
        });
        return command;
    }

    /// <summary>What the file that is written has no place for, or what other programs read otherwise.</summary>
    private static string LeftOut(NotebookDocument document, string target)
    {
        if (!Path.GetExtension(target).Equals(".dib", StringComparison.OrdinalIgnoreCase))
        {
            return "";
        }

        var outputs = document.Cells.Count(cell => cell.Outputs.Count > 0);
        var split = DibFormat.CellsWithSeparators(document);
        return (outputs > 0 ? $"; the outputs of {outputs} have no place in a .dib" : "")
            + (
                split > 0
                    ? $"; {split} {(split == 1 ? "has a line" : "have lines")} such as #!csharp in the text, at which other programs split a .dib"
                    : ""
            );
    }
}
