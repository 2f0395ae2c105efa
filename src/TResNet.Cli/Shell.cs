using System.CommandLine;
using System.Runtime.InteropServices;
using Notebook;
using Notebook.Magics;
using TResNet.Interactive;
using TResNet.Interactive.Commands;

namespace TResNet.Cli;

/// <summary>Runs one command line, from its words to the exit code.</summary>
internal static class Shell
{
    /// <summary>What a shell reports for a program that Ctrl-C ended.</summary>
    internal const int Interrupted = 130;

    /// <summary>Of a command line that is wrong, as shells and POSIX utilities have it; a job that fails has 1.</summary>
    internal const int Usage = 2;

    public static async Task<int> MainAsync(string[] args)
    {
        RankProcess.PrepareConsole();
        try
        {
            Console.OutputEncoding = System.Text.Encoding.UTF8;
        }
        catch (IOException)
        {
            // It is closed, or full.
        }

        var (output, errors) = StandardStream.Open();
        int code;
        try
        {
            SystemLimits.FailOnFileSize();
            code = await RunWithSignalsAsync(args, Terminal.OfConsole(), errors);
        }
        catch (Exception exception) when (SystemLimits.Sentence(exception) is { } sentence)
        {
            await errors.WriteLineAsync($"tresnet: {sentence}");
            code = 1;
        }

        if (output.Failure is { } failure)
        {
            await errors.WriteLineAsync(
                $"tresnet: what was printed could not be written to standard output: {failure}."
            );
        }

        return code == 0 && (output.Failure ?? errors.Failure) is not null ? 1 : code;
    }

    private static async Task<int> RunWithSignalsAsync(string[] args, Terminal terminal, TextWriter errors)
    {
        // A running kernel has its own meaning for signals: Ctrl-C interrupts the cell.
        if (args is ["jupyter", "start", ..])
        {
            return await RunAsync(args, terminal, errors, CancellationToken.None);
        }

        // A notebook among several is stopped by who started it.
        if (args.Contains(NotebookChild.Option))
        {
            using var ignored = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
            return await RunAsync(args, terminal, errors, CancellationToken.None);
        }

        using var signals = new StopSignals();
        int code;
        try
        {
            code = RankProcess.Is(args)
                ? await RankProcess.RunAsync(args, terminal, errors, signals.Token)
                : await RunAsync(args, terminal, errors, signals.Token, signals);
        }
        catch (TResNetException refused)
        {
            await errors.WriteLineAsync("tresnet: " + refused.Message);
            code = 1;
        }

        return code == Interrupted ? signals.ExitCode : code;
    }

    /// <summary>
    /// Runs a command line. What goes wrong is one sentence on <paramref name="errors"/>; the exit code is 2 where the words are wrong, and 1 where the
    /// work failed.
    /// </summary>
    /// <param name="args">The words.</param>
    /// <param name="terminal">Where it shows what there is.</param>
    /// <param name="errors">Where it says what goes wrong.</param>
    /// <param name="cancel">Stops it.</param>
    /// <param name="signals">For a command that passes them on; null where none come.</param>
    public static async Task<int> RunAsync(
        string[] args,
        Terminal terminal,
        TextWriter errors,
        CancellationToken cancel,
        StopSignals? signals = null
    )
    {
        var notebook = new TerminalNotebook(terminal);
        var root = Commands(terminal, notebook, signals);
        string[] asked = args is ["help", .. var about] ? [.. about, "--help"] : args;
        var words = MagicWords.Expand(root, asked);
        var parsed = root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var isUsage = true;
        try
        {
            if (parsed.Action is not System.CommandLine.Help.HelpAction and not HelpText.Action)
            {
                ArgumentText.Refuse(parsed);
                if (parsed.Errors.Count > 0)
                {
                    throw new CommandException(Wrong(parsed));
                }
            }

            notebook.Format = OutputOptions.Read(parsed);
            isUsage = false;
            var code = await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                    Output = terminal.Writer,
                    Error = errors,
                },
                cancel
            );
            notebook.Finish();
            terminal.EndLine();
            return cancel.IsCancellationRequested ? Interrupted : code;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            terminal.EndLine();
            await errors.WriteLineAsync("tresnet: interrupted.");
            return Interrupted;
        }
        catch (CommandException refused)
        {
            terminal.EndLine();
            var subject = refused.Message.StartsWith("tresnet ", StringComparison.Ordinal) ? "" : "tresnet: ";
            await errors.WriteLineAsync(subject + refused.Message);
            return isUsage ? Usage : 1;
        }
    }

    internal static RootCommand Commands(Terminal terminal) => Commands(terminal, new TerminalNotebook(terminal));

    private static RootCommand Commands(Terminal terminal, TerminalNotebook notebook, StopSignals? signals = null)
    {
        var root = new RootCommand(
            "Build, train and profile TResNet and other residual networks, in notebooks and here."
        );
        foreach (var command in TResNetCommands.All(notebook, ""))
        {
            OutputOptions.AddTo(command);
            root.Subcommands.Add(command);
        }

        root.Subcommands.Add(LaunchCommand.Create(terminal, signals));
        root.Subcommands.Add(NewCommand.Create(terminal));
        root.Subcommands.Add(RunCommand.Create(terminal, notebook));
        root.Subcommands.Add(ConvertCommand.Create(terminal));
        root.Subcommands.Add(GalleryCommand.Create(terminal));
        root.Subcommands.Add(JupyterCommand.Create(terminal));
        root.Subcommands.Add(DoctorCommand.Create(terminal));
        root.Subcommands.Add(CompletionCommand.Create(terminal));
        HelpText.ShowFor(root, terminal);
        return root;
    }

    /// <summary>What is wrong with the words, as the notebook says it of a magic.</summary>
    private static string Wrong(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = HelpText.PathOf(parsed.CommandResult);
        var sentence = MagicErrors
            .Sentence(parsed, command)
            .Replace($"#!{command.Name}", path, StringComparison.Ordinal);
        return sentence.EndsWith('?')
            ? $"{sentence} '{path} --help' explains."
            : $"{sentence.TrimEnd('.')}; '{path} --help' explains.";
    }
}
