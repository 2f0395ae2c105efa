using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;
using System.Globalization;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.Directives;
using Notebook;

namespace TResNet.DotNetInteractive;

/// <summary>A command as one of .NET Interactive's directives. The host reads the line for completion and hover, System.CommandLine for what it means.</summary>
internal static class CommandDirective
{
    // The host drops what occurs more often than this without a word.
    private const int Often = 1000;
    private const string LinePrefix = "Directive: ";

    /// <summary>The directive: a parameter for each option and its other names, and one without a name for arguments and subcommands.</summary>
    public static KernelActionDirective Of(Command command)
    {
        if (!command.Options.OfType<HelpOption>().Any())
        {
            command.Options.Add(new HelpOption());
        }

        var directive = new KernelActionDirective("#!" + command.Name, command.Description);
        foreach (var part in command.Subcommands.Prepend(command))
        {
            foreach (var option in part.Options.Where(each => !each.Hidden))
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

    /// <summary>Runs a command by the text of its directive.</summary>
    /// <param name="command">The command.</param>
    /// <param name="line">The directive.</param>
    /// <param name="context">The cell.</param>
    /// <param name="notebook">Has the variables that words such as <c>@name</c> stand for.</param>
    /// <param name="isMessage">Whether an exception's message is all that a reader needs.</param>
    public static async Task RunAsync(
        Command command,
        KernelCommand line,
        KernelInvocationContext context,
        INotebook notebook,
        Func<Exception, bool> isMessage
    )
    {
        using var said = new StringWriter();
        try
        {
            var words = MagicWords
                .Split(line.ToString()![LinePrefix.Length..])
                .Skip(1)
                .Select(word => Valued(word, notebook));
            var parsed = command.Parse(
                MagicWords.Expand(command, words),
                new ParserConfiguration { ResponseFileTokenReplacer = null }
            );
            if (parsed.Errors.Count > 0)
            {
                context.Fail(line, message: string.Join('\n', parsed.Errors.Select(each => each.Message)));
                return;
            }

            await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = said,
                    Error = said,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                context.CancellationToken
            );
            if (said.ToString() is { Length: > 0 } text)
            {
                notebook.Display(text);
            }
        }
        catch (Exception exception) when (isMessage(exception))
        {
            context.Fail(line, message: exception.Message);
        }
        catch (OperationCanceledException) when (context.CancellationToken.IsCancellationRequested)
        {
            context.Fail(line, message: $"#!{command.Name} was interrupted.");
        }
    }

    private static KernelDirectiveParameter Parameter(string name, Option option) =>
        new KernelDirectiveParameter(name, option.Description)
        {
            Flag = option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool),
            MaxOccurrences = Often,
        }.AddCompletions(() => Words(option.GetCompletions(CompletionContext.Empty)));

    private static IEnumerable<string> Words(IEnumerable<CompletionItem> items) =>
        items.Select(each => each.InsertText ?? each.Label);

    /// <summary>A variable's text in the place of <c>@name</c>.</summary>
    private static string Valued(string word, INotebook notebook)
    {
        var at = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) + 1 : 0;
        return word[at..] is ['@', .. var name] && notebook.TryGetVariable(name, out var value)
            ? word[..at] + Text(name, value)
            : word;
    }

    private static string Text(string name, object value) =>
        value switch
        {
            string text => text,
            bool truth => truth ? "true" : "false",
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            FileSystemInfo or Uri => value.ToString()!,
            _ => MagicWords.ListOf(value)
                ?? throw new CommandException(
                    $"@{name} stands for a text, a number or a list of them, but {name} is of the type {value.GetType().Name}."
                ),
        };
}
