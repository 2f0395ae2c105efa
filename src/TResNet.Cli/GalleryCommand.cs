using System.CommandLine;
using Notebook.Pages;

namespace TResNet.Cli;

/// <summary><c>tresnet gallery</c>: notebooks that have run, as pages that lead to each other.</summary>
internal static class GalleryCommand
{
    private const string DefaultTitle = "TResNet, idea by idea";

    public static Command Create(Terminal terminal)
    {
        var notebooks = new Argument<string[]>("notebook")
        {
            Description =
                "A .dib or .ipynb file, or a folder that is searched for them; pages come in this order, those of a folder by name.",
            Arity = ArgumentArity.OneOrMore,
        };
        var folder = new Option<string>("--output-dir")
        {
            Description = "The folder for the pages; the list is index.html in it.",
            DefaultValueFactory = _ => "site",
            HelpName = "folder",
        };
        var title = new Option<string>("--title")
        {
            Description = "What the list is called.",
            DefaultValueFactory = _ => DefaultTitle,
            HelpName = "text",
        };
        var command = new Command(
            "gallery",
            "Makes a site of notebooks as they are: a list with a picture and the question of each, and a page each; it opens offline."
        )
        {
            notebooks,
            folder,
            title,
            SanitizeOptions.Sanitize,
            SanitizeOptions.NoSanitize,
        };
        command.SetAction(parsed =>
        {
            var target = parsed.GetRequiredValue(folder);
            var found = NotebookFiles.Find(parsed.GetRequiredValue(notebooks), target);
            var written = NotebookGallery.Write(
                parsed.GetRequiredValue(title),
                [.. found.Select(notebook => notebook.Path)],
                target,
                SanitizeOptions.Read(parsed),
                out var lost
            );
            if (SanitizeOptions.Said(lost) is { } sentence)
            {
                terminal.WriteSentence(sentence);
            }

            terminal.WriteLine($"Written: {written[0]} and {written.Count - 1} pages");
        });
        return command;
    }
}
