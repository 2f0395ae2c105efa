// The tooltip of a magic line: the help of the magic, or of the option that the cursor is on.
using System.CommandLine;
using System.Text;
using Notebook.Language;

namespace Notebook.Magics;

/// <summary>Explains magic lines.</summary>
internal static class MagicInspection
{
    /// <summary>Explains the word at a place of a line that begins with <c>#!</c>, in Markdown; null when it names nothing.</summary>
    public static string? Inspect(MagicRegistry magics, string line, int column)
    {
        var name = CellSplitter.MagicName(line);
        if (name is null)
        {
            return null;
        }

        if (magics.Find(name) is not { } command)
        {
            return TextLanguages
                .Described.Where(kernel => kernel.Name == "#!" + name)
                .Select(kernel => $"**{kernel.Name}**\n\n{kernel.Meaning}")
                .FirstOrDefault();
        }

        var (words, word, _) = MagicLineParser.Before(line, column);
        command = MagicLineParser.Innermost(command, words);
        var around = MagicLineParser.Around(line, column).Split('=')[0];
        var option =
            command.Options.FirstOrDefault(option => option.Is(around))
            ?? MagicLineParser.OptionOf(command, words, word);
        return option is null ? new MagicHelp(command).ToMarkdown() : Explain(option);
    }

    private static string Explain(Option option)
    {
        var text = new StringBuilder($"**{option.Name}**");
        if (option.HelpName is { } value)
        {
            text.Append($" *{value}*");
        }

        text.Append($"\n\n{option.Description}");
        if (option.HasDefaultValue && option.GetDefaultValue() is { } initial and (string or ValueType))
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"\n\nDefault: `{initial}`");
        }

        var explained = OptionValues.Explained(option);
        var choices = OptionValues.Choices(option);
        if (explained.Count > 0)
        {
            text.Append("\n\n").AppendJoin('\n', explained.Select(each => $"- `{each.Value}`: {each.Meaning}"));
        }
        else if (choices.Count is > 0 and <= 40)
        {
            text.Append("\n\nOne of ").AppendJoin(", ", choices.Select(choice => $"`{choice}`")).Append('.');
        }

        return text.ToString();
    }
}
