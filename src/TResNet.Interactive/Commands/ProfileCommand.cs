using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Interactive.Charts;
using TResNet.Interactive.Formatting;
using TResNet.Profiling;

namespace TResNet.Interactive.Commands;

/// <summary>Counts and times one or several networks.</summary>
internal static class ProfileCommand
{
    private const string Auto = "auto";
    private static readonly string[] Modes = ["inference", "train", "both"];

    public static Command Create(INotebook notebook, string name, Measurements measurements)
    {
        var defaults = new ThroughputOptions();
        var models = new Option<string[]>("--model")
        {
            Description =
                "One or several networks: names that the models command lists, with switches as in tresnet_m+attention=eca, or notebook variables.",
            DefaultValueFactory = _ => ["tresnet_m"],
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            HelpName = "names",
        };
        models.CompletionSources.Add(_ =>
            Models.List().Select(info => new System.CommandLine.Completions.CompletionItem(info.Name))
        );
        var switches = SwitchOption.Create();
        var batch = CommonOptions.Make(
            "--batch-size",
            "Images in a batch; auto finds the largest that each network can be trained with here, and measures nothing else.",
            $"{defaults.BatchSize}",
            "number"
        );
        batch.CompletionSources.Add(Auto, "4", "8", "16", "32", "64", "128");
        var limit = MemoryLimitOption.Create();
        var mode = CommonOptions.Make("--mode", "What is timed.", "inference", "mode");
        mode.AcceptOnlyFromAmong(Modes);
        var timing = new TimingOptions(defaults, "a network");
        var optimize = OptimizeOption.Create(
            "Times each network optimised for this machine too, and shows what it is made of then."
        );
        var weights = StartingWeights.Option();
        var layers = new Option<bool>("--layers")
        {
            Description = "Shows all layers of each network: sizes as a tree, times as a table.",
        };
        var totals = new Option<bool>("--totals")
        {
            Description = "Measures networks as a whole alone, and not layer by layer.",
        };
        var trace = new Option<string?>("--trace")
        {
            Description = "Writes the layers' times as a Chrome trace, for ui.perfetto.dev.",
            HelpName = "file",
        };
        var variable = CommonOptions.Name("--name", "The variable that gets the counts and rates.", "profile");
        var command = new Command(name, "Measures images per second, and counts parameters and multiply-adds.")
        {
            models,
            switches,
            batch,
            limit,
            timing.InputSize,
            mode,
            timing.Rounds,
            timing.Budget,
            timing.Precision,
            timing.Device,
            optimize,
            weights,
            layers,
            totals,
            trace,
            variable,
        };
        command.SetWork(
            (parsed, cancel) =>
            {
                string[] names = [.. CommonOptions.Words(parsed, models).Distinct()];
                var computed = timing.ReadPrecision(parsed);
                var bytes = MemoryLimitOption.Read(parsed, limit);
                var isAuto = parsed.GetValue(batch) == Auto;
                var optimised = OptimizeOption.Read(
                    parsed,
                    optimize,
                    isAuto ? "--batch-size auto"
                        : parsed.GetValue(mode) is not "inference" and var other ? $"--mode {other}"
                        : null
                );
                if (isAuto)
                {
                    if (parsed.IsGiven(mode) && parsed.GetValue(mode) == "inference")
                    {
                        throw new CommandException(
                            "--batch-size auto is for training: leave --mode inference out, or name a batch size."
                        );
                    }

                    FindLargest(
                        new LargestBatchOptions { MemoryLimit = bytes, Precision = computed }.Validate(),
                        names,
                        parsed.GetRequiredValue(switches),
                        parsed.GetValue(timing.InputSize),
                        parsed.GetRequiredValue(timing.Device),
                        parsed.GetRequiredValue(variable),
                        cancel
                    );
                    return;
                }

                if (bytes is not null)
                {
                    throw new CommandException(
                        "--memory-limit goes with --batch-size auto: add that, or leave it out."
                    );
                }

                ThroughputMode[] timed = parsed.GetValue(mode) switch
                {
                    "train" => [ThroughputMode.Training],
                    "both" => [ThroughputMode.Training, ThroughputMode.Inference],
                    _ => [ThroughputMode.Inference],
                };
                var options = timed
                    .Select(each =>
                        (
                            timing.Read(parsed, each) with
                            {
                                BatchSize = Number(parsed.GetRequiredValue(batch)),
                            }
                        ).Validate()
                    )
                    .ToArray();
                var file = parsed.GetValue(weights);
                if (file is not null && names.Length > 1)
                {
                    throw new CommandException(
                        $"--weights {file} is for one network, and --model names {names.Length}: name one, or leave --weights out."
                    );
                }

                var traceFile = TraceFile(parsed.GetValue(trace), parsed.GetValue(totals));
                var work = new ProfileWork(
                    notebook,
                    measurements,
                    options,
                    parsed.GetRequiredValue(switches),
                    parsed.GetValue(timing.InputSize),
                    parsed.GetRequiredValue(timing.Device),
                    file
                )
                {
                    Totals = parsed.GetValue(totals),
                    Optimize = optimised,
                };
                var profile = work.Run(names, cancel);
                notebook.SetVariable(parsed.GetRequiredValue(variable), profile);
                work.Show(profile, parsed.GetValue(layers));
                CommandAction.Throw(work.Ended);
                if (traceFile is not null)
                {
                    ChromeTrace.Write(profile.Layers, traceFile);
                    notebook.Display(
                        new View
                        {
                            Parts = [$"The time line of the layers is in {traceFile}: open it in ui.perfetto.dev."],
                        }
                    );
                }
            }
        );
        return command;

        void FindLargest(
            LargestBatchOptions options,
            IReadOnlyList<string> names,
            IReadOnlyList<string> settings,
            int? side,
            string place,
            string name,
            CancellationToken cancel
        )
        {
            var work = new LargestBatchWork(notebook, options, place);
            var results = work.Run([.. names.Select(each => Subject.Of(notebook, each, side, settings))], cancel);
            notebook.SetVariable(name, results);
            work.Show(results);
            CommandAction.Throw(work.Ended);
        }
    }

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new CommandException(
                $"--batch-size cannot be '{text}': it takes a whole number, or {Auto} for the largest training batch."
            );

    /// <summary>Where the trace goes, found out before anything is measured.</summary>
    private static string? TraceFile(string? path, bool totals)
    {
        if (path is null)
        {
            return null;
        }

        if (totals)
        {
            throw new CommandException("--trace shows layers, and --totals leaves them out: take one of the two.");
        }

        if (Directory.Exists(path))
        {
            throw new CommandException($"--trace {path} is a folder: name a file in it, such as trace.json.");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        return Directory.Exists(folder)
            ? path
            : throw new CommandException($"The folder {folder} for --trace does not exist: make it first.");
    }
}
