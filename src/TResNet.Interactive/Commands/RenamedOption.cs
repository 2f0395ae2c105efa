using System.CommandLine;
using System.CommandLine.Parsing;
using Notebook;
using TResNet.Interactive.Tables;

namespace TResNet.Interactive.Commands;

/// <summary>Options under the names that they had in the version before: taken, not listed, and answered with a line that says the new name.</summary>
internal static class RenamedOption
{
    /// <summary>Takes an option by its old name for one version.</summary>
    /// <param name="command">The command, which is run by <see cref="CommandAction"/>.</param>
    /// <param name="notebook">Where the line is shown.</param>
    /// <param name="old">The name that it had, such as <c>--min-crop</c>.</param>
    /// <param name="option">The option as it is called now.</param>
    /// <param name="value">What the old name alone meant, where it was a switch; null where it takes the same values.</param>
    public static void OldName<T>(
        this Command command,
        INotebook notebook,
        string old,
        Option<T> option,
        string? value = null
    )
    {
        // A switch has no values; others are checked like the new one, so that a message names the option as it was written.
        Option former = value is null
            ? new Former<T>(old, notebook, option, [])
            {
                Arity = option.Arity,
                AllowMultipleArgumentsPerToken = option.AllowMultipleArgumentsPerToken,
                CustomParser = option.CustomParser,
            }
            : new Former<bool>(old, notebook, option, [value]) { Arity = ArgumentArity.Zero };
        if (value is null)
        {
            former.Validators.AddRange(option.Validators);
        }

        former.Hidden = true;
        command.Options.Add(former);
    }

    /// <summary>The command line with today's names in the place of old ones, each of which is shown.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">An option is there under both names.</exception>
    public static ParseResult Renamed(ParseResult parsed)
    {
        IFormer[] given =
        [
            .. parsed
                .CommandResult.Children.OfType<OptionResult>()
                .Where(result => !result.Implicit)
                .Select(result => result.Option)
                .OfType<IFormer>(),
        ];
        if (given.Length == 0)
        {
            return parsed;
        }

        foreach (var former in given)
        {
            if (parsed.IsGiven(former.Now))
            {
                throw new CommandException(
                    $"{former.Name} is the old name of {former.Now.Name}, and both are there: keep {former.Now.Name}."
                );
            }

            former.Notebook.Display(
                new View
                {
                    Parts =
                    [
                        $"{former.Name} is called {string.Join(' ', former.Values.Prepend(former.Now.Name))} now; the old name goes with the next version.",
                    ],
                }
            );
        }

        var words = parsed.Tokens.SelectMany(token =>
            token.Type == TokenType.Option && given.FirstOrDefault(each => each.Name == token.Value) is { } former
                ? former.Values.Prepend(former.Now.Name)
                : [token.Value]
        );
        return parsed.RootCommandResult.Command.Parse([.. words], parsed.Configuration);
    }

    /// <summary>An old name, whatever the type of its values.</summary>
    private interface IFormer
    {
        string Name { get; }

        INotebook Notebook { get; }

        Option Now { get; }

        string[] Values { get; }
    }

    private sealed class Former<T>(string name, INotebook notebook, Option now, string[] values)
        : Option<T>(name),
            IFormer
    {
        public INotebook Notebook => notebook;

        public Option Now => now;

        public string[] Values => values;
    }
}
