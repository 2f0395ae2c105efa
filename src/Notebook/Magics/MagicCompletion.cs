// Tab on a magic line: names, options and values come from the System.CommandLine definition that runs the magic.
using System.CommandLine;
using System.CommandLine.Completions;
using Notebook.Language;

namespace Notebook.Magics;

/// <summary>Completes magic lines.</summary>
internal static class MagicCompletion
{
    /// <summary>Completes a line that begins with <c>#!</c>.</summary>
    /// <param name="magics">The magics.</param>
    /// <param name="line">The line.</param>
    /// <param name="column">Where the cursor is in it, from 0.</param>
    public static CompletionList Complete(MagicRegistry magics, string line, int column)
    {
        var (words, word, start) = MagicLineParser.Before(line, column);
        if (words.Count == 0)
        {
            var names = magics
                .Names.Select(name => "#!" + name)
                .Where(name => name.StartsWith(word, StringComparison.OrdinalIgnoreCase));
            return new CompletionList(start, column, [.. names.Select(name => Entry(name, "magic"))]);
        }

        if (magics.Find(words[0][2..]) is not { } command)
        {
            return CompletionList.None(column);
        }

        command = MagicLineParser.Innermost(command, words);
        var text = string.Join(' ', words.Skip(1).Append(word).Select(Quoted));
        if (MagicLineParser.OptionOf(command, words, word) is { } option)
        {
            // --model=tres: the value begins behind the sign.
            var value = word.StartsWith('-') && word.IndexOf('=') is > 0 and var at ? at + 1 : 0;
            var typed = word[value..].TrimStart('"');
            text = value > 0 ? text[..^word.Length] + option.Name + " " + typed : text;
            return new CompletionList(start + value, column, Values(command, option, text, typed));
        }

        return new CompletionList(start, column, Next(command, words, text, word));
    }

    /// <summary>The values of an option or argument that begin as typed: those it names, and files where it takes one.</summary>
    private static IReadOnlyList<CompletionEntry> Values(Command command, Symbol symbol, string text, string typed)
    {
        var values = symbol
            .GetCompletions(Context(command, text, typed))
            .Where(item => item.Label.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .OrderBy(item => item.SortText ?? item.Label, StringComparer.OrdinalIgnoreCase)
            .Select(item => Entry(item.InsertText ?? item.Label, "value"));
        return [.. values, .. TakesPath(symbol) ? PathCompletion.Of(typed, FoldersOnly(symbol)) : []];
    }

    /// <summary>What may follow where no value is due: options that may still come, subcommands, the values of arguments.</summary>
    private static List<CompletionEntry> Next(Command command, IReadOnlyList<string> words, string text, string word)
    {
        var entries = new List<CompletionEntry>();
        if (!word.StartsWith('-'))
        {
            entries.AddRange(command.Subcommands.Where(sub => !sub.Hidden).Select(sub => Entry(sub.Name, "command")));
            foreach (var argument in command.Arguments.Where(argument => !argument.Hidden))
            {
                entries.AddRange(Values(command, argument, text, word.TrimStart('"')));
            }
        }

        entries.AddRange(
            command
                .Options.Where(option => !option.Hidden && (MayRepeat(option) || !words.Any(option.Is)))
                .Select(option => option.Name)
                .Append("--help")
                .Distinct()
                .Select(name => Entry(name, "option"))
        );
        return
        [
            .. entries
                .Where(entry => entry.Label.StartsWith(word.TrimStart('"'), StringComparison.OrdinalIgnoreCase))
                .DistinctBy(entry => entry.Label),
        ];
    }

    private static CompletionContext Context(Command command, string text, string typed)
    {
        // A word that is yet to come counts only when something stands for it.
        var parsed = command.Parse(text, new ParserConfiguration { ResponseFileTokenReplacer = null });
        return parsed.GetCompletionContext() is TextCompletionContext context && typed.Length > 0
            ? context.AtCursorPosition(text.Length)
            : parsed.GetCompletionContext();
    }

    private static bool MayRepeat(Option option) => option.Arity.MaximumNumberOfValues > 1;

    private static bool TakesPath(Symbol symbol)
    {
        var (type, name) = symbol switch
        {
            Option option => (option.ValueType, option.HelpName),
            Argument argument => (argument.ValueType, argument.HelpName ?? argument.Name),
            _ => (typeof(object), null),
        };
        return typeof(FileSystemInfo).IsAssignableFrom(type)
            || name is not null
                && new[] { "file", "folder", "path" }.Any(part =>
                    name.Contains(part, StringComparison.OrdinalIgnoreCase)
                );
    }

    private static bool FoldersOnly(Symbol symbol) =>
        symbol switch
        {
            Option option => option.ValueType == typeof(DirectoryInfo) || option.HelpName == "folder",
            Argument argument => argument.ValueType == typeof(DirectoryInfo) || argument.HelpName == "folder",
            _ => false,
        };

    private static string Quoted(string word) => word.Contains(' ') && !word.StartsWith('"') ? $"\"{word}\"" : word;

    private static CompletionEntry Entry(string text, string kind) => new(text, text, kind);
}
