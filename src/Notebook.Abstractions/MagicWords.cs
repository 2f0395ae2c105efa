using System.Collections;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Notebook;

/// <summary>
/// The words of a magic's line. A list may stand in one word, for an option that takes several values: as JSON writes it,
/// <c>--models ["a", "b"]</c>, which is .NET Interactive's way, or of numbers with commas between, <c>--scale 0.5,1</c>.
/// </summary>
public static class MagicWords
{
    /// <summary>The words of a line, a JSON list being one, with its quotes and spaces.</summary>
    /// <param name="line">The line.</param>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var (from, quoted) = (0, false);
        for (var at = 0; at < line.Length; at++)
        {
            quoted ^= line[at] == '"';
            if (
                line[at] == '['
                && !quoted
                && (at == 0 || char.IsWhiteSpace(line[at - 1]) || line[at - 1] == '=')
                && EndOfList(line, at) is { } end
            )
            {
                // Behind an equals sign the list belongs to the word before.
                var before = CommandLineParser.SplitCommandLine(line[from..at]).ToList();
                var option = at > 0 && line[at - 1] == '=' && before.Count > 0 ? before[^1] : "";
                words.AddRange(option.Length > 0 ? before.SkipLast(1) : before);
                words.Add(option + line[at..end]);
                (from, at) = (end, end - 1);
            }
        }

        words.AddRange(CommandLineParser.SplitCommandLine(line[from..]));
        return words;
    }

    /// <summary>The words with each list in place of its values, where it is the value of an option or argument that takes several.</summary>
    /// <param name="command">What the words are said to; its subcommands are found among them.</param>
    /// <param name="words">The words behind the command's name.</param>
    public static IReadOnlyList<string> Expand(Command command, IEnumerable<string> words)
    {
        var expanded = new List<string>();
        Option? option = null;
        foreach (var word in words)
        {
            if (expanded.Count == 0 || option is null)
            {
                command =
                    command.Subcommands.FirstOrDefault(sub => sub.Name == word || sub.Aliases.Contains(word))
                    ?? command;
            }

            var sign = word.StartsWith("--", StringComparison.Ordinal)
                ? word.IndexOf('=', StringComparison.Ordinal)
                : -1;
            if (sign > 0 && Find(command, word[..sign]) is { Arity.MaximumNumberOfValues: > 1 } assigned)
            {
                var values = Values(word[(sign + 1)..], assigned);
                expanded.AddRange(values is null ? [word] : values.Select(value => $"{word[..sign]}={value}"));
                continue;
            }

            if (Find(command, word) is { } named)
            {
                option = IsFlag(named) ? null : named;
                expanded.Add(word);
                continue;
            }

            if (option is { Arity.MaximumNumberOfValues: > 1 } && Values(word, option) is { Count: > 0 } several)
            {
                foreach (var value in several)
                {
                    if (!option.AllowMultipleArgumentsPerToken && Find(command, expanded[^1]) != option)
                    {
                        expanded.Add(option.Name);
                    }

                    expanded.Add(value);
                }

                continue;
            }

            expanded.AddRange(
                option is null && command.Arguments.Any(each => each.Arity.MaximumNumberOfValues > 1)
                    ? List(word) ?? [word]
                    : [word]
            );
            if (option is { AllowMultipleArgumentsPerToken: false })
            {
                option = null;
            }
        }

        return expanded;
    }

    /// <summary>What <c>@name</c> stands for: a text, a number, a truth value, a path or an address as it is, else <see cref="ListOf"/>.</summary>
    /// <param name="value">A variable's value.</param>
    public static string? TextOf(object value) =>
        Scalar(value) ?? (value is FileSystemInfo or Uri ? value.ToString() : ListOf(value));

    private static string? Scalar(object? value) =>
        value switch
        {
            string text => text,
            bool truth => truth ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => null,
        };

    /// <summary>A sequence of texts, numbers and truth values as such a list; null for anything else.</summary>
    /// <param name="value">A variable's value.</param>
    public static string? ListOf(object value)
    {
        if (value is string or not IEnumerable)
        {
            return null;
        }

        var texts = new List<string>();
        foreach (var item in (IEnumerable)value)
        {
            if (Scalar(item) is not { } text)
            {
                return null;
            }

            texts.Add(text);
        }

        return JsonSerializer.Serialize(texts);
    }

    private static Option? Find(Command command, string word) =>
        word.StartsWith('-')
            ? command.Options.FirstOrDefault(each => each.Name == word || each.Aliases.Contains(word))
            : null;

    private static bool IsFlag(Option option) =>
        option.Arity.MaximumNumberOfValues == 0
        || option.ValueType == typeof(bool)
        || option.ValueType == typeof(bool?);

    private static IReadOnlyList<string>? Values(string word, Option option) =>
        List(word)
        ?? (option.ValueType.GetElementType() is { IsPrimitive: true } number ? Numbers(word, number) : null);

    // "0,5" may be half of one: it is left to the parser, which says how numbers are written.
    private static IReadOnlyList<string>? Numbers(string word, Type type)
    {
        var parts = word.Split(',', StringSplitOptions.TrimEntries);
        var isClear = type == typeof(int) || type == typeof(long) || parts.Length > 2 || word.Contains('.');
        return
            parts.Length > 1
            && isClear
            && parts.All(part => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            ? parts
            : null;
    }

    private static IReadOnlyList<string>? List(string word)
    {
        if (!word.StartsWith('['))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(word);
            var items = json.RootElement.EnumerateArray().ToList();
            return items.Exists(item =>
                item.ValueKind is JsonValueKind.Object or JsonValueKind.Array or JsonValueKind.Null
            )
                ? null
                : items.ConvertAll(item =>
                    item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText()
                );
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static int? EndOfList(string line, int at)
    {
        var bytes = Encoding.UTF8.GetBytes(line[at..]);
        var reader = new Utf8JsonReader(bytes);
        try
        {
            return reader.Read() && reader.TrySkip()
                ? at + Encoding.UTF8.GetCharCount(bytes.AsSpan(0, (int)reader.BytesConsumed))
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
