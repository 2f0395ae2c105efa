// The project's commands, each defined once: a notebook runs them as #!tresnet-train, a shell as tresnet train.
using System.CommandLine;
using System.CommandLine.Parsing;
using Notebook;

namespace TResNet.Interactive.Commands;

/// <summary>Makes the commands for a notebook, or for the shell that stands in for one.</summary>
public static class TResNetCommands
{
    /// <summary>All commands, in the order in which a newcomer meets them.</summary>
    /// <param name="notebook">Where results are shown and kept.</param>
    /// <param name="prefix">Goes before each name: <c>tresnet-</c> for magics, nothing for a shell that is called <c>tresnet</c>.</param>
    public static IReadOnlyList<Command> All(INotebook notebook, string prefix) =>
        All(notebook, prefix, Measurements.OfUser);

    /// <summary>
    /// Refuses options and arguments without text, which a shell makes of a variable that is not set, and numbers with a comma,
    /// which .NET reads as if it were not there: 0,5 as 5.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">There is one.</exception>
    public static void RequireText(ParseResult parsed)
    {
        foreach (var result in parsed.CommandResult.Children)
        {
            var name = result switch
            {
                OptionResult { Option.Name: var option } => option,
                ArgumentResult { Argument.Name: var argument } => $"<{argument}>",
                _ => "",
            };
            if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
            {
                throw new CommandException(
                    $"{name} is empty, as a shell's variable is that was never set: give it a value, or leave it out."
                );
            }

            if (
                result is OptionResult { Option.ValueType: var type }
                && (Nullable.GetUnderlyingType(type) ?? type) == typeof(double)
                && result.Tokens.FirstOrDefault(token => token.Value.Contains(',')) is { Value: var number }
            )
            {
                throw new CommandException(
                    $"{name} cannot be '{number}': numbers are written with a point, such as 0.5."
                );
            }
        }
    }

    internal static IReadOnlyList<Command> All(INotebook notebook, string prefix, Measurements measurements) =>
        [
            ModelsCommand.Create(notebook, prefix + "models"),
            BuildCommand.Create(notebook, prefix + "build"),
            TrainCommand.Create(notebook, prefix + "train"),
            RecipesCommand.Create(notebook, prefix + "recipes"),
            DataCommand.Create(notebook, prefix + "data"),
            RunsCommand.Create(notebook, prefix + "runs"),
            ValidateCommand.Create(notebook, prefix + "validate"),
            PredictCommand.Create(notebook, prefix + "predict"),
            ProfileCommand.Create(notebook, prefix + "profile", measurements),
            ThroughputCommand.Create(notebook, prefix + "throughput", measurements),
            AblateCommand.Create(notebook, prefix + "ablate"),
            CompareCommand.Create(notebook, prefix + "compare", measurements),
            WeightsCommand.Create(notebook, prefix + "weights"),
            ConvertWeightsCommand.Create(notebook, prefix + "convert-weights"),
        ];
}
