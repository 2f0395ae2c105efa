// A magic line cut into words, up to the cursor.
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Notebook.Magics;

/// <summary>Reads unfinished magic lines.</summary>
internal static class MagicLineParser
{
    /// <summary>The words of a line; JSON that a question ends in is part of its word, quotes, spaces and all.</summary>
    public static IReadOnlyList<string> Words(string line)
    {
        var words = new List<string>();
        var from = 0;
        for (var at = line.IndexOf('@'); at >= 0; at = line.IndexOf('@', at + 1))
        {
            if (MagicQuestions.EndOfJson(line, at) is { } end)
            {
                words.AddRange(MagicWords.Split(line[from..at]));
                words.Add(line[at..end]);
                (from, at) = (end, end - 1);
            }
        }

        words.AddRange(MagicWords.Split(line[from..]));
        return words;
    }

    /// <summary>The finished words before a cursor, the word it stands in as far as it is typed, and where that begins.</summary>
    public static (IReadOnlyList<string> Words, string Word, int Start) Before(string line, int column)
    {
        var start = 0;
        var quoted = false;
        for (var at = 0; at < column; at++)
        {
            if (line[at] == '"')
            {
                quoted = !quoted;
            }
            else if (char.IsWhiteSpace(line[at]) && !quoted)
            {
                start = at + 1;
            }
        }

        return ([.. CommandLineParser.SplitCommandLine(line[..start])], line[start..column], start);
    }

    /// <summary>The whole word around a cursor.</summary>
    public static string Around(string line, int column)
    {
        var (_, word, _) = Before(line, column);
        var end = column;
        while (end < line.Length && !char.IsWhiteSpace(line[end]))
        {
            end++;
        }

        return word + line[column..end];
    }

    /// <summary>The subcommand that the words lead to.</summary>
    public static Command Innermost(Command command, IReadOnlyList<string> words)
    {
        foreach (var word in words.Skip(1))
        {
            command =
                command.Subcommands.FirstOrDefault(sub => sub.Name == word || sub.Aliases.Contains(word)) ?? command;
        }

        return command;
    }

    /// <summary>The option whose value the word is or will be.</summary>
    public static Option? OptionOf(Command command, IReadOnlyList<string> words, string word)
    {
        if (word.StartsWith('-'))
        {
            var sign = word.IndexOf('=');
            return sign < 0 ? null : command.Options.FirstOrDefault(option => option.Is(word[..sign]));
        }

        // An option with several values goes on until the next option.
        for (var at = words.Count - 1; at > 0; at--)
        {
            if (command.Options.FirstOrDefault(option => option.Is(words[at])) is { } option)
            {
                var values = words.Count - 1 - at;
                var takes = option.AllowMultipleArgumentsPerToken ? option.Arity.MaximumNumberOfValues : 1;
                return IsFlag(option) || values >= takes ? null : option;
            }
        }

        return null;
    }

    /// <summary>Whether a word is an option's name.</summary>
    public static bool Is(this Option option, string word) => option.Name == word || option.Aliases.Contains(word);

    private static bool IsFlag(Option option) =>
        option.Arity.MaximumNumberOfValues == 0
        || option.ValueType == typeof(bool)
        || option.ValueType == typeof(bool?);
}
