using System.CommandLine;
using System.CommandLine.Parsing;
using Notebook;

namespace TResNet.Interactive.Commands;

/// <summary>What System.CommandLine takes and nobody means.</summary>
public static class ArgumentText
{
    /// <summary>
    /// Refuses options and arguments without text, which a shell makes of a variable that is not set, numbers with a comma, which .NET
    /// reads as if it were not there: 0,5 as 5, and options that there are not where a command takes words: behind <c>--</c> they are words.
    /// </summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">There is one.</exception>
    public static void Refuse(ParseResult parsed)
    {
        var isLiteral = parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash);
        foreach (var result in parsed.CommandResult.Children)
        {
            if (
                !isLiteral
                && result is ArgumentResult
                && result.Tokens.FirstOrDefault(token => token.Value is ['-', '-' or (>= 'a' and <= 'z'), ..])
                    is { } unknown
            )
            {
                throw new CommandException(Unknown(unknown.Value, parsed.CommandResult.Command));
            }

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

    private static string Unknown(string option, Command command)
    {
        string[] names =
        [
            .. command.Options.Where(each => !each.Hidden).Select(each => each.Name).Append("--help").Distinct(),
        ];
        var near = Spelling.Near(option, names, most: 2, farthest: Math.Max(2, option.Length / 3));
        var meant = near.Count > 0 ? $": did you mean {Spelling.Either(near)}?" : "; --help lists those there are.";
        return $"There is no option '{option}'{meant}";
    }
}
