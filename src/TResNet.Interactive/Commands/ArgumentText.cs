using System.CommandLine;
using System.CommandLine.Parsing;
using Notebook;

namespace TResNet.Interactive.Commands;

/// <summary>What System.CommandLine takes and nobody means.</summary>
public static class ArgumentText
{
    /// <summary>
    /// Refuses options and arguments without text, which a shell makes of a variable that is not set, and numbers with a comma, which .NET
    /// reads as if it were not there: 0,5 as 5.
    /// </summary>
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

            if (
                result is OptionResult { Option.ValueType: var type }
                && (Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type) == typeof(double)
                && result.Tokens.FirstOrDefault(token => token.Value.Contains(',')) is { Value: var number }
            )
            {
                throw new CommandException(
                    $"{name} cannot be '{number}': numbers are written with a point, such as 0.5."
                );
            }
        }
    }
}
