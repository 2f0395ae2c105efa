using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using Microsoft.DotNet.Interactive.Directives;

namespace Notebook.DotNetInteractive;

/// <summary>A magic's command as one of .NET Interactive's directives.</summary>
internal static class MagicDirective
{
    // The library drops what occurs more often than this without a word.
    private const int Often = 1000;

    /// <summary>The directive: a parameter for each option and its other names, and one without a name for arguments and subcommands.</summary>
    /// <param name="command">The command.</param>
    public static KernelActionDirective Of(Command command)
    {
        var directive = new KernelActionDirective("#!" + command.Name, command.Description);
        var help = new HelpOption();
        foreach (var part in command.Subcommands.Prepend(command))
        {
            // --help is a flag that has to be declared.
            foreach (var option in part.Options.Where(each => !each.Hidden).Append(help))
            {
                foreach (var name in option.Aliases.Prepend(option.Name).Where(each => each.StartsWith('-')))
                {
                    if (directive.Parameters.All(each => each.Name != name))
                    {
                        directive.Parameters.Add(Parameter(name, option));
                    }
                }
            }
        }

        if (command.Arguments.Count + command.Subcommands.Count > 0)
        {
            directive.Parameters.Add(
                new KernelDirectiveParameter(
                    "--" + (command.Arguments.FirstOrDefault()?.Name.ToLowerInvariant() ?? "command"),
                    command.Arguments.FirstOrDefault()?.Description
                )
                {
                    AllowImplicitName = true,
                    MaxOccurrences = Often,
                }.AddCompletions(() =>
                    command
                        .Subcommands.Select(each => each.Name)
                        .Concat(
                            command.Arguments.SelectMany(each => Words(each.GetCompletions(CompletionContext.Empty)))
                        )
                )
            );
        }

        return directive;
    }

    /// <summary>What a handler is given, as the line that was written.</summary>
    /// <param name="directive">The handler's command, which says its text alone.</param>
    public static string Line(Microsoft.DotNet.Interactive.Commands.KernelCommand directive) =>
        directive.ToString()!["Directive: ".Length..];

    private static KernelDirectiveParameter Parameter(string name, Option option) =>
        new KernelDirectiveParameter(name, option.Description)
        {
            Flag = option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool),
            MaxOccurrences = Often,
        }.AddCompletions(() => Words(option.GetCompletions(CompletionContext.Empty)));

    private static IEnumerable<string> Words(IEnumerable<CompletionItem> items) =>
        items.Select(each => each.InsertText ?? each.Label);
}
