// The help of a magic, drawn from its definition.
using System.CommandLine;
using System.Net;
using System.Text;
using Notebook.Outputs;

namespace Notebook.Magics;

/// <summary>A command's help as text and as HTML.</summary>
internal sealed class MagicHelp(Command command)
{
    /// <summary>The help in both forms.</summary>
    public MimeBundle ToBundle() => new() { { MimeTypes.Html, Html() }, { MimeTypes.Plain, Text() } };

    /// <summary>The help as Markdown.</summary>
    public string ToMarkdown() => $"**#!{command.Name}**\n\n```text\n{Text()}\n```";

    private string Usage =>
        string.Join(
            ' ',
            command
                .Arguments.Where(argument => !argument.Hidden)
                .Select(argument =>
                    argument.Arity.MinimumNumberOfValues > 0 ? $"<{argument.Name}>" : $"[<{argument.Name}>]"
                )
                .Prepend($"#!{command.Name}")
                .Concat(command.Subcommands.Count > 0 ? ["[command]"] : [])
                .Append("[options]")
        );

    private IEnumerable<(string Name, string Meaning)> Rows()
    {
        foreach (var argument in command.Arguments.Where(argument => !argument.Hidden))
        {
            yield return (
                $"<{argument.Name}>",
                Sentence(argument.Description, argument.HasDefaultValue ? argument.GetDefaultValue() : null, [])
            );
        }

        foreach (var sub in command.Subcommands.Where(sub => !sub.Hidden))
        {
            yield return (sub.Name, sub.Description ?? "");
        }

        foreach (var option in Sorted.Where(each => each.Group is null).SelectMany(each => each.Options))
        {
            yield return Row(option);
        }

        yield return ("--help", "Shows this.");
    }

    private IReadOnlyList<(string? Group, IReadOnlyList<Option> Options)> Sorted =>
        OptionGroups.Sort(command.Options.Where(option => !option.Hidden && option.Name != "--help"));

    private static (string Name, string Meaning) Row(Option option)
    {
        var isFlag = option.ValueType == typeof(bool) || option.ValueType == typeof(bool?);
        var names = string.Join(
            ", ",
            option.Aliases.Where(alias => alias != option.Name).Order(StringComparer.Ordinal).Append(option.Name)
        );
        return (
            isFlag ? names : $"{names} <{option.HelpName ?? option.Name.TrimStart('-')}>",
            Sentence(
                option.Description,
                option.HasDefaultValue && !isFlag ? option.GetDefaultValue() : null,
                OptionValues.Choices(option)
            ) + (option.Required ? " Required." : "")
        );
    }

    /// <summary>Options in groups, group by group, then values that need words of their own, option by option.</summary>
    private IEnumerable<(string Title, IReadOnlyList<(string Name, string Meaning)> Rows)> Sections() =>
        Sorted
            .Where(each => each.Group is not null)
            .Select(each => ($"{each.Group}:", (IReadOnlyList<(string, string)>)[.. each.Options.Select(Row)]))
            .Concat(
                command
                    .Options.Where(option => !option.Hidden)
                    .Select(option => ($"For {option.Name}:", OptionValues.Explained(option)))
                    .Where(each => each.Item2.Count > 0)
            );

    private static string Sentence(string? description, object? defaultValue, IReadOnlyList<string> choices)
    {
        var text = new StringBuilder(description);
        if (choices.Count is > 0 and <= 12)
        {
            text.Append($" One of {string.Join(", ", choices)}.");
        }

        var value = Convert.ToString(defaultValue, System.Globalization.CultureInfo.InvariantCulture);
        if (!string.IsNullOrEmpty(value) && defaultValue is string or ValueType or FileSystemInfo)
        {
            text.Append($" Default: {value}.");
        }

        return text.ToString().Trim();
    }

    private string Text()
    {
        var text = new StringBuilder();
        if (!string.IsNullOrEmpty(command.Description))
        {
            text.Append(command.Description).Append("\n\n");
        }

        text.Append("Usage: ").Append(Usage).Append("\n\n");
        AppendLines(text, [.. Rows()]);
        foreach (var (title, values) in Sections())
        {
            text.Append('\n').Append(title).Append("\n\n");
            AppendLines(text, values);
        }

        return text.ToString().TrimEnd('\n');
    }

    private static void AppendLines(StringBuilder text, IReadOnlyList<(string Name, string Meaning)> rows)
    {
        var width = rows.Max(row => row.Name.Length);
        foreach (var (name, meaning) in rows)
        {
            text.Append($"  {name.PadRight(width)}  {meaning}".TrimEnd()).Append('\n');
        }
    }

    private string Html()
    {
        var html = new StringBuilder("<div class=\"magic-help\">");
        if (!string.IsNullOrEmpty(command.Description))
        {
            html.Append($"<p>{WebUtility.HtmlEncode(command.Description)}</p>");
        }

        html.Append($"<p><code>{WebUtility.HtmlEncode(Usage)}</code></p>");
        AppendTable(html, Rows());
        foreach (var (title, values) in Sections())
        {
            html.Append($"<p>{WebUtility.HtmlEncode(title)}</p>");
            AppendTable(html, values);
        }

        return html.Append("</div>").ToString();
    }

    private static void AppendTable(StringBuilder html, IEnumerable<(string Name, string Meaning)> rows)
    {
        html.Append("<table><tbody>");
        foreach (var (name, meaning) in rows)
        {
            html.Append(
                $"<tr><td style=\"text-align:left;white-space:nowrap\"><code>{WebUtility.HtmlEncode(name)}</code></td>"
            );
            html.Append($"<td style=\"text-align:left\">{WebUtility.HtmlEncode(meaning)}</td></tr>");
        }

        html.Append("</tbody></table>");
    }
}
