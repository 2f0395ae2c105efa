using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Notebook;

namespace TResNet.Interactive.Commands;

/// <summary>The option that says how much memory a search for the largest batch may take.</summary>
internal static partial class MemoryLimitOption
{
    private const string Name = "--memory-limit";

    public static Option<string?> Create()
    {
        var option = new Option<string?>(Name)
        {
            Description =
                "With --batch-size auto or --largest-batch on a CPU: the most memory that the process may take, such as 8GB or 500MiB. Default: what it has and 70 % of what is free.",
            HelpName = "size",
        };
        option.CompletionSources.Add("2GB", "4GB", "8GB", "16GB", "32GB", "64GB", "128GB");
        return option;
    }

    /// <summary>The limit in bytes; null where none was given.</summary>
    /// <exception cref="CommandException">It is no size.</exception>
    public static long? Read(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } text)
        {
            return null;
        }

        var match = Size().Match(text.Trim());
        var bytes = match.Success
            ? double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) * Unit(match)
            : 0;
        return bytes is >= 1 and < long.MaxValue
            ? (long)bytes
            : throw new CommandException($"{Name} cannot be '{text}': it takes a size, such as 8GB, 7.5GiB or 500MB.");
    }

    private static double Unit(Match match)
    {
        var power = "kmgt".IndexOf(match.Groups["unit"].Value.ToLowerInvariant(), StringComparison.Ordinal) + 1;
        return match.Groups["unit"].Length == 0 ? 1 : Math.Pow(match.Groups["binary"].Success ? 1024 : 1000, power);
    }

    [GeneratedRegex(
        @"^(?<number>\d+(\.\d+)?) ?((?<unit>[kmgt])(?<binary>i)?b?|b)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Size();
}
