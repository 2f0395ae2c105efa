using System.CommandLine;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Notebook;
using Notebook.DotNetInteractive;

namespace TResNet.DotNetInteractive;

/// <summary>Runs a command that is one of .NET Interactive's directives. The host reads the line for completion and hover, System.CommandLine for what it means.</summary>
internal static class CommandDirective
{
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
            var words = MagicWords.Split(MagicDirective.Line(line)).Skip(1).Select(word => Valued(word, notebook));
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

    /// <summary>A variable's text in the place of <c>@name</c>.</summary>
    private static string Valued(string word, INotebook notebook)
    {
        var at = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) + 1 : 0;
        return word[at..] is ['@', .. var name] && notebook.TryGetVariable(name, out var value)
            ? word[..at] + Text(name, value)
            : word;
    }

    private static string Text(string name, object value) =>
        MagicWords.TextOf(value)
        ?? throw new CommandException(
            $"@{name} stands for a text, a number or a list of them, but {name} is of the type {value.GetType().Name}."
        );
}
