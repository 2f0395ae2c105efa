using System.CommandLine;
using Notebook;

namespace TResNet.Interactive.Commands;

/// <summary>The option that optimises a network for inference before it is asked or timed.</summary>
internal static class OptimizeOption
{
    private const string Name = "--optimize";

    /// <param name="description">What comes of it.</param>
    public static Option<bool> Create(string description) => new(Name) { Description = description };

    /// <summary>Whether it was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="option">The option.</param>
    /// <param name="training">How the command line asks for training; null where it does not.</param>
    /// <exception cref="CommandException">It was, together with training.</exception>
    public static bool Read(ParseResult parsed, Option<bool> option, string? training = null)
    {
        var wanted = parsed.GetValue(option);
        return wanted && training is not null
            ? throw new CommandException($"{Name} is for inference, and {training} trains: leave one of the two out.")
            : wanted;
    }
}
