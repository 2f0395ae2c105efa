using System.CommandLine;
using Notebook;

namespace TResNet.Cli;

/// <summary>How a command prints what came out.</summary>
internal enum OutputFormat
{
    /// <summary>For people: headlines, tables, progress.</summary>
    Text,

    /// <summary>For people who want the result alone.</summary>
    Quiet,

    /// <summary>For programs, as one JSON object.</summary>
    Json,

    /// <summary>For programs and spreadsheets, as comma-separated values.</summary>
    Csv,
}

/// <summary>The options of every command that shows results.</summary>
internal static class OutputOptions
{
    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Prints the tables as JSON, with all digits and without progress.",
    };

    private static readonly Option<bool> Csv = new("--csv") { Description = "Prints the tables as CSV, likewise." };

    private static readonly Option<bool> Quiet = new("--quiet")
    {
        Description = "Prints the result alone, without progress.",
    };

    /// <summary>All of them, in the order of the help.</summary>
    public static IReadOnlyList<Option> All { get; } = [Json, Csv, Quiet];

    /// <summary>Gives them to a command, or to those below it.</summary>
    public static void AddTo(Command command)
    {
        if (command.Subcommands.Count > 0)
        {
            command.Subcommands.ToList().ForEach(AddTo);
            return;
        }

        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>What was asked for.</summary>
    /// <exception cref="CommandException">Two that exclude each other.</exception>
    public static OutputFormat Read(ParseResult parsed)
    {
        Option[] given = [.. All.Where(option => parsed.GetResult(option) is { Implicit: false })];
        return given switch
        {
            [] => OutputFormat.Text,
            [var one] => one == Json ? OutputFormat.Json
            : one == Csv ? OutputFormat.Csv
            : OutputFormat.Quiet,
            _ => throw new CommandException(
                $"{given[0].Name} and {given[1].Name} print the same results in different ways: keep one of them."
            ),
        };
    }
}
