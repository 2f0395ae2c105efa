using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Data.Transforms;

namespace TResNet.Interactive.Commands;

/// <summary>The options that say what pixels are scaled to: timm's <c>--mean</c> and <c>--std</c>.</summary>
internal sealed class NormalizeOptions
{
    private const double Most = 1000;

    /// <summary>What is taken away from each colour.</summary>
    public Option<double[]> Mean { get; } =
        Create("--mean", "What is taken away from red, green and blue (0 to 1): three numbers, or one for all.");

    /// <summary>What the rest is divided by.</summary>
    public Option<double[]> Std { get; } =
        Create("--std", "What the rest is divided by: three numbers above 0, or one for all.");

    /// <summary>All options, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [Mean, Std];

    /// <summary>Whether one was given.</summary>
    public bool AreGiven(ParseResult parsed) => All.Any(parsed.IsGiven);

    /// <summary>What was asked for, and what holds where the command line is silent.</summary>
    /// <exception cref="CommandException">There are not one or three numbers, or one is out of range.</exception>
    public Normalize Read(ParseResult parsed, Normalize others) =>
        AreGiven(parsed)
            ? Normalize.Of(
                Three(parsed, Mean, least: -Most) ?? others.Mean,
                Three(parsed, Std, least: 1e-6) ?? others.Std
            )
            : others;

    private static double[]? Three(ParseResult parsed, Option<double[]> option, double least)
    {
        if (!parsed.IsGiven(option))
        {
            return null;
        }

        var values = parsed.GetValue(option)!;
        return values.Length is 1 or 3 && values.All(value => double.IsFinite(value) && value >= least && value <= Most)
            ? values is [var all]
                ? [all, all, all]
                : values
            : throw new CommandException(
                $"{option.Name} is {string.Join(' ', values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}: it takes three numbers, for red, green and blue, or one for all, "
                    + FormattableString.Invariant(
                        $"each {(least > 0 ? "above 0 and at most" : $"from {least} to")} {Most}."
                    )
            );
    }

    private static Option<double[]> Create(string name, string description) =>
        new(name)
        {
            Description = description + " Default: what the weights or the network say.",
            HelpName = "numbers",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = true,
        };
}
