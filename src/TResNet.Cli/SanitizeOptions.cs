using System.CommandLine;
using Notebook;

namespace TResNet.Cli;

/// <summary>Whether what came with a notebook may run something in its page: by default not, as somebody else may have run it.</summary>
internal static class SanitizeOptions
{
    private const string Kept =
        "Keeps scripts, event handlers and frames that came with the notebook: for those that you trust.";

    /// <summary>The option for commands that sanitise unless told otherwise.</summary>
    public static Option<bool> Sanitize { get; } =
        new("--sanitize")
        {
            Description =
                "Takes out of outputs and Markdown what would run in a page, or ask the network; charts and tables stay. On unless --no-sanitize.",
            DefaultValueFactory = _ => true,
        };

    /// <summary>The other way round.</summary>
    public static Option<bool> NoSanitize { get; } = new("--no-sanitize") { Description = Kept };

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">Both, or one of them where no page is written.</exception>
    public static bool Read(ParseResult parsed, string? otherThanPage = null)
    {
        var given = parsed.GetResult(Sanitize) is { Implicit: false };
        var kept = parsed.GetValue(NoSanitize);
        if (given && kept)
        {
            throw new CommandException(
                $"{Sanitize.Name} and {NoSanitize.Name} contradict each other: keep one of them."
            );
        }

        if (otherThanPage is not null && (given || kept))
        {
            throw new CommandException(
                $"{(given ? Sanitize.Name : NoSanitize.Name)} is for pages and '{otherThanPage}' is none: leave it out, or name a file that ends in .html."
            );
        }

        return !kept && parsed.GetValue(Sanitize);
    }

    /// <summary>What a page has lost, in a sentence; null for nothing.</summary>
    /// <param name="count">In how many texts and outputs.</param>
    public static string? Said(int count) =>
        count == 0
            ? null
            : $"Sanitized: {count} {(count == 1 ? "text or output" : "texts and outputs")} lost scripts, event handlers, frames or addresses that run; charts and tables work without. {NoSanitize.Name} keeps them.";
}
