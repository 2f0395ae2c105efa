using System.CommandLine;
using Notebook;
using TResNet.Evaluation;

namespace TResNet.Interactive.Commands;

/// <summary>The option that says what a network is measured by: timm's <c>--eval-metric</c>.</summary>
internal static class EvalMetricOption
{
    private static readonly EvalMetric[] All = Enum.GetValues<EvalMetric>();

    public static Option<string?> Create(string description)
    {
        var option = new Option<string?>("--eval-metric") { Description = description, HelpName = "metric" };
        option.CompletionSources.Add([.. All.Select(metric => metric.Word())]);
        return option;
    }

    /// <summary>The metric that was asked for; null where none was.</summary>
    /// <exception cref="CommandException">There is none of the name.</exception>
    public static EvalMetric? Read(ParseResult parsed, Option<string?> option)
    {
        if (parsed.GetValue(option) is not { } word)
        {
            return null;
        }

        var named = All.Where(metric =>
                metric.Word().Equals(word.Replace('_', '-'), StringComparison.OrdinalIgnoreCase)
            )
            .ToArray();
        return named is [var one]
            ? one
            : throw new CommandException(
                $"--eval-metric {word} is no metric: take {string.Join(", ", All.SkipLast(1).Select(metric => metric.Word()))} or {All[^1].Word()}."
            );
    }
}
