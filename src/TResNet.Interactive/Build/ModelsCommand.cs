using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;

namespace TResNet.Interactive.Build;

/// <summary>Lists the networks.</summary>
internal static class ModelsCommand
{
    public static Command Create(INotebook notebook, string name)
    {
        var pattern = new Argument<string>("pattern")
        {
            Description = "Which names to list, with * and ? as in file names.",
            DefaultValueFactory = _ => "*",
        };
        var command = new Command(
            name,
            "Lists the networks that can be built, with size, work, published accuracy and paper."
        )
        {
            pattern,
        };
        command.SetWork(
            (parsed, _) =>
            {
                var text = parsed.GetValue(pattern)!;
                var infos = Models.List(text);
                if (infos.Count == 0)
                {
                    throw new CommandException(
                        $"No network's name matches '{text}': the names are {string.Join(", ", Models.List().Select(info => info.Name))}."
                    );
                }

                notebook.Display(ModelViews.Of(infos));
            }
        );
        return command;
    }
}
