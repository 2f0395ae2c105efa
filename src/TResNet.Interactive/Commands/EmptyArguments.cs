using System.CommandLine;
using System.CommandLine.Parsing;
using Notebook;

namespace TResNet.Interactive.Commands;

/// <summary>Options and arguments without text.</summary>
public static class EmptyArguments
{
    /// <summary>Refuses options and arguments without text, which a shell makes of a variable that is not set.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">There is one.</exception>
    public static void Refuse(ParseResult parsed)
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
        }
    }
}
