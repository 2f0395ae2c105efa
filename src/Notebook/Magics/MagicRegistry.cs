// Magics are System.CommandLine 2.0 commands: one definition gives parsing, help and completion.
using System.CommandLine;
using Microsoft.CodeAnalysis.CSharp;
using Notebook.Language;

namespace Notebook.Magics;

/// <summary>The magics of a notebook, by name.</summary>
public sealed class MagicRegistry
{
    /// <summary>The magic that gives <c>@</c> more meanings than a variable's name.</summary>
    internal const string SetName = "set";

    private static readonly string[] HelpOptions = ["--help", "-h", "-?", "/?"];
    private readonly Dictionary<string, Command> commands = new(StringComparer.Ordinal);
    private readonly List<string> otherNames = [];

    internal MagicRegistry() { }

    /// <summary>The commands, by name.</summary>
    public IEnumerable<Command> Commands => commands.Values.OrderBy(command => command.Name, StringComparer.Ordinal);

    /// <summary>The text of a variable, for the words of a magic that name one: <c>@name</c>.</summary>
    internal Func<string, string>? TextOf { get; set; }

    /// <summary>Adds a command.</summary>
    /// <param name="command">The command.</param>
    /// <exception cref="ArgumentException">A command of that name or alias was added before.</exception>
    internal void Add(Command command)
    {
        foreach (var name in command.Aliases.Append(command.Name).Distinct())
        {
            if (
                commands.Values.Any(other => other.Name == name || other.Aliases.Contains(name))
                || otherNames.Contains(name)
            )
            {
                throw new ArgumentException($"There is a magic '#!{name}' already.", nameof(command));
            }
        }

        commands.Add(command.Name, command);
    }

    /// <summary>Adds names that are taken by the host itself and suggested to who mistypes them.</summary>
    internal void Reserve(IEnumerable<string> names) => otherNames.AddRange(names);

    /// <summary>What a line may begin with, without <c>#!</c>: the commands that are not hidden, and the names taken by the host.</summary>
    internal IEnumerable<string> Names =>
        commands
            .Values.Where(command => !command.Hidden)
            .Select(command => command.Name)
            .Concat(otherNames)
            .Order(StringComparer.Ordinal);

    /// <summary>Finds a command by name or alias.</summary>
    internal Command? Find(string name) =>
        commands.GetValueOrDefault(name) ?? commands.Values.FirstOrDefault(command => command.Aliases.Contains(name));

    /// <summary>Runs a magic line.</summary>
    /// <param name="line">The line without <c>#!</c>.</param>
    /// <param name="help">Shows a help text.</param>
    /// <param name="cancellation">The cell's token, which the command's handler gets.</param>
    /// <exception cref="CommandException">The line names no magic, or its options are wrong, or the command failed.</exception>
    internal async Task RunAsync(string line, Action<MagicHelp> help, CancellationToken cancellation)
    {
        var words = MagicLineParser.Words(line);
        var command = Find(words[0]) ?? throw Unknown(words[0]);
        var arguments = MagicWords.Expand(command, words.Skip(1).Select((word, i) => Valued(command, word, words[i])));
        if (arguments.Any(HelpOptions.Contains))
        {
            help(new MagicHelp(command));
            return;
        }

        var parsed = command.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            throw new CommandException(MagicErrors.Sentence(parsed, command));
        }

        var code = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
                Output = Console.Out,
                Error = Console.Error,
            },
            cancellation
        );
        if (code != 0)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new CommandException($"#!{command.Name} failed with exit code {code}.");
        }
    }

    /// <summary>A word with the variable's text where it is <c>@name</c> or <c>--option=@name</c>, and an answer where it is a question.</summary>
    private string Valued(Command command, string word, string before)
    {
        if (MagicQuestions.TryAsk(word, before, out var answer))
        {
            return answer;
        }

        var at = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) + 1 : 0;
        return
            command.Name != SetName
            && TextOf is not null
            && word[at..] is ['@', .. var name]
            && SyntaxFacts.IsValidIdentifier(name)
            ? word[..at] + TextOf(name)
            : word;
    }

    private CommandException Unknown(string name)
    {
        if (UnsupportedMagics.SentenceFor(name) is { } sentence)
        {
            return new CommandException(sentence);
        }

        var near = NameSuggestions.Of(name, commands.Keys.Concat(otherNames));
        return new CommandException(
            near.Count > 0
                ? $"There is no magic '#!{name}'. Did you mean {NameSuggestions.Listed([.. near.Select(each => "#!" + each)])}?"
                : $"There is no magic '#!{name}'. '#!lsmagic' lists those there are."
        );
    }
}
