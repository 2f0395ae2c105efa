using System.CommandLine;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Training;

namespace TResNet.Interactive.Train;

/// <summary>Shows the ways to train that have a name.</summary>
internal static class RecipesCommand
{
    public static Command Create(INotebook notebook, string name)
    {
        var recipes = new Argument<string[]>("recipes")
        {
            Description = "Which ones, beside each other. Default: all.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        recipes.AcceptOnlyFromAmong([.. Recipe.All.Select(recipe => recipe.Name)]);
        var command = new Command(name, "Shows the recipes for --recipe of the train command, and where they are from.")
        {
            recipes,
        };
        command.SetWork(
            (parsed, _) =>
            {
                Recipe[] asked = [.. (parsed.GetValue(recipes) ?? []).Distinct().Select(Recipe.Named)];
                notebook.Display(RecipeViews.Of(asked is [] ? Recipe.All : asked));
            }
        );
        return command;
    }
}
