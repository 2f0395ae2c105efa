// What is wrong with a magic's options, in one sentence that says what would be right.
using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using Notebook.Language;

namespace Notebook.Magics;

/// <summary>Words the parse errors of System.CommandLine for the user of a notebook.</summary>
public static class MagicErrors
{
    private const int Few = 8;

    /// <summary>The first thing that is wrong with a command line.</summary>
    /// <param name="parsed">The command line, with an error or a word that belongs to nothing.</param>
    /// <param name="command">The magic, which the sentence begins with as <c>#!name</c>.</param>
    public static string Sentence(ParseResult parsed, Command command)
    {
        var name = $"#!{command.Name}";
        var running = parsed.CommandResult.Command;
        var options = Visible(running).ToList();
        if (parsed.UnmatchedTokens.FirstOrDefault(token => token.StartsWith('-')) is { } option)
        {
            return $"{name} has no option '{option}'.{Near(option, options, "Its options are")}";
        }

        if (parsed.UnmatchedTokens is [var extra, ..])
        {
            return running.Subcommands.Count > 0
                ? $"{name} does not know '{extra}'.{Near(extra, [.. running.Subcommands.Select(sub => sub.Name)], "It takes")}"
                : $"{name} does not know what to do with '{extra}'.{Near(extra, options, "Its options are")}";
        }

        var error = parsed.Errors[0];
        if (error.SymbolResult is OptionResult { Option: var wrong } result && result.Tokens is [var token, ..])
        {
            var choices = OptionValues.Choices(wrong);
            return choices.Count > 0
                ? $"{name}: {wrong.Name} cannot be '{token.Value}'. It is one of {string.Join(", ", choices)}."
                : $"{name}: {Conversion(error.Message, wrong, token.Value)}";
        }

        if (error.SymbolResult is ArgumentResult { Argument: var argument, Tokens: [var value, ..] })
        {
            var known = argument.GetCompletions(CompletionContext.Empty).Select(item => item.Label).ToList();
            if (known.Count > 0)
            {
                return $"{name}: <{argument.Name}> cannot be '{value.Value}'. It is one of {Listed(known)}.";
            }
        }

        return $"{name}: {OneLine(error.Message)}";
    }

    // The nearest two of many, or all of a few.
    private static string Near(string typed, IReadOnlyList<string> names, string all)
    {
        var near = NameSuggestions.Of(typed, names).Take(2).ToList();
        return near.Count > 0 ? $" Did you mean {NameSuggestions.Listed(near)}?"
            : names.Count <= Few ? $" {all} {Listed(names)}."
            : "";
    }

    private static string Conversion(string message, Option option, string value)
    {
        var kind = Type.GetTypeCode(Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) switch
        {
            TypeCode.Int32 or TypeCode.Int64 or TypeCode.UInt32 or TypeCode.UInt64 or TypeCode.Int16 or TypeCode.Byte =>
                "a whole number",
            TypeCode.Single or TypeCode.Double or TypeCode.Decimal => "a number, such as 0.5",
            TypeCode.Boolean => "true or false",
            _ => null,
        };
        return kind is not null && message.StartsWith("Cannot parse", StringComparison.Ordinal)
            ? $"{option.Name} cannot be '{value}'. It takes {kind}."
            : OneLine(message);
    }

    private static IEnumerable<string> Visible(Command command) =>
        command.Options.Where(option => !option.Hidden).Select(option => option.Name).Append("--help").Distinct();

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names);

    private static string OneLine(string message) =>
        string.Join(
            ' ',
            message.Split(['\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        );
}
