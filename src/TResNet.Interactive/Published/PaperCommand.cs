using System.CommandLine;
using System.CommandLine.Completions;
using System.IO.Enumeration;
using Notebook;
using TResNet.Compute;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Profile;
using TResNet.Profiling.Options;

namespace TResNet.Interactive.Published;

/// <summary>Lists the published tables, shows one, and measures its networks on this machine.</summary>
internal static class PaperCommand
{
    public static Command Create(INotebook notebook, string name, Measurements measurements)
    {
        var defaults = new ThroughputOptions { Rounds = 5, Budget = TimeSpan.FromSeconds(20) };
        var table = new Argument<string?>("table")
        {
            Description = "The table to show, such as table1; without it all are listed.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        table.CompletionSources.Add(_ => Paper.Tables.Select(each => new CompletionItem(each.Name)));
        var measure = new Option<bool>("--measure")
        {
            Description =
                "Measures here the images per second that the table has of listed networks; what this build measured on this machine before is kept.",
        };
        var rows = new Option<string[]>("--rows")
        {
            Description =
                "Rows of the table, of which alone it is: names as TResNet-M@224, or patterns as *@448. Default: all.",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            HelpName = "names",
        };
        var again = new Option<bool>("--again") { Description = "Measures that anew too; goes with --measure." };
        var mode = CommonOptions.Make("--mode", "Which speeds are measured and shown.", "both", "mode");
        mode.AcceptOnlyFromAmong("inference", "train", "both");
        var batch = CommonOptions.Make("--batch-size", "Images in a batch here.", 8, "number");
        var timing = new TimingOptions(defaults, "a network");
        var variable = CommonOptions.Name(
            "--name",
            "The variable that gets the table with what was measured.",
            "paper"
        );
        var command = new Command(
            name,
            "Shows the tables of the TResNet paper, and measures this machine's speeds beside them."
        )
        {
            table,
            rows,
            measure,
            again,
            mode,
            batch,
            timing.Rounds,
            timing.RoundTime,
            timing.Budget,
            timing.ComputeType,
            timing.Device,
            variable,
        };
        command.SetWork(
            (parsed, cancel) =>
            {
                if (parsed.GetValue(table) is not { } asked)
                {
                    RefuseGiven(parsed, "without a table", "name one, such as table1", [.. command.Options]);
                    notebook.Display(PaperViews.Of(Paper.Tables));
                    return;
                }

                var found = Only(Paper.Table(asked), CommonOptions.Words(parsed, rows));
                if (!parsed.GetValue(measure))
                {
                    RefuseGiven(
                        parsed,
                        "without --measure",
                        "add that",
                        [again, timing.Rounds, timing.RoundTime, timing.Budget]
                    );
                }

                // Figures are shown where libtorch is missing too; what was measured is found by what it computes with.
                TorchLibrary.Load();
                var work = new PaperWork(notebook, measurements, found)
                {
                    Ways = Ways(found),
                    Device = parsed.GetRequiredValue(timing.Device),
                    Measure = parsed.GetValue(measure),
                    Again = parsed.GetValue(again),
                };
                var measurement = work.Run(cancel);
                notebook.SetVariable(parsed.GetRequiredValue(variable), measurement);
                work.Show(measurement);
                CommandAction.Throw(work.Ended);

                IReadOnlyList<ThroughputOptions> Ways(PaperTable shown)
                {
                    var modes = shown
                        .Modes.Where(each =>
                            parsed.GetValue(mode) is "both"
                            || each == ThroughputMode.Training == (parsed.GetValue(mode) == "train")
                        )
                        .ToArray();
                    if (parsed.GetValue(measure))
                    {
                        RequireMeasurable(shown, modes);
                    }

                    return
                    [
                        .. modes.Select(each =>
                            (timing.Read(parsed, each) with { BatchSize = parsed.GetValue(batch) }).Validate()
                        ),
                    ];
                }
            }
        );
        return command;
    }

    private static PaperTable Only(PaperTable table, IReadOnlyList<string> words)
    {
        const StringSplitOptions Trimmed = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        string[] patterns = [.. words.SelectMany(word => word.Split(',', Trimmed))];
        static bool Fits(string pattern, PaperRow row) => FileSystemName.MatchesSimpleExpression(pattern, row.Name);
        foreach (var pattern in patterns)
        {
            if (!table.Rows.Any(row => Fits(pattern, row)))
            {
                throw new CommandException(
                    $"{table.Name} has no row '{pattern}': its rows are {string.Join(", ", table.Rows.Select(row => row.Name).Distinct())}."
                );
            }
        }

        return patterns.Length == 0
            ? table
            : table with
            {
                Rows = [.. table.Rows.Where(row => patterns.Any(pattern => Fits(pattern, row)))],
            };
    }

    private static void RequireMeasurable(PaperTable table, IReadOnlyCollection<ThroughputMode> modes)
    {
        if (modes.Count == 0 || table.Rows.All(row => row.Network is null))
        {
            string[] measurable =
            [
                .. Paper
                    .Tables.Where(each => each.Modes.Count > 0 && each.Rows.Any(row => row.Network is not null))
                    .Select(each => each.Name),
            ];
            throw new CommandException(
                table.Modes.Count > 0 && modes.Count == 0
                    ? $"{table.Name} has no speeds of that mode: leave --mode out."
                    : $"{table.Name} has no speed of a network that can be built here, so --measure has nothing to do: it is for {string.Join(", ", measurable)}."
            );
        }
    }

    private static void RefuseGiven(ParseResult parsed, string where, string cure, IReadOnlyList<Option> options)
    {
        if (options.FirstOrDefault(parsed.IsGiven) is { } idle)
        {
            throw new CommandException($"{idle.Name} does nothing {where}: {cure}, or leave it out.");
        }
    }
}
