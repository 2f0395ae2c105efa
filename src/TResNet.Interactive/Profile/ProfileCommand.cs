using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Layers;
using TResNet.Profiling.Memory;
using TResNet.Profiling.Options;
using TResNet.Weights;

namespace TResNet.Interactive.Profile;

/// <summary>Counts and times one or several networks.</summary>
internal static class ProfileCommand
{
    private const string Auto = "auto";
    private static readonly string[] Modes = ["inference", "train", "both"];

    public static Command Create(INotebook notebook, string name, Measurements measurements)
    {
        var defaults = new ThroughputOptions();
        var models = ModelsOption.CreateSingular(notebook, "tresnet_m");
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
            timing.RoundTime,
            timing.Budget,
            timing.ComputeType,
            timing.Device,
            optimize,
            weights,
            layers,
            totals,
            trace,
            variable,
        };
        OptionGroups.Put("Networks", models, switches, weights, optimize);
        OptionGroups.Put("Measurement", batch, limit, timing.InputSize, mode, timing.Rounds, timing.RoundTime);
        OptionGroups.Put("Measurement", timing.Budget, timing.ComputeType, timing.Device);
        OptionGroups.Put("Results", layers, totals, trace);
        command.SetTorchWork(
            (parsed, cancel) =>
            {
                var names = ModelsOption.Read(notebook, parsed, models);
                var computed = timing.ReadComputeType(parsed);
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
                    RequireForSearch(
                        parsed,
                        mode,
                        [timing.Rounds, timing.RoundTime, timing.Budget, weights, layers, totals, trace]
                    );
                    FindLargest(
                        new LargestBatchOptions { MemoryLimit = bytes, ComputeType = computed }.Validate(),
                        Subjects(),
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
                var subjects = parsed.IsGiven(models) || !parsed.IsGiven(weights) ? Subjects() : [];
                if (parsed.GetValue(weights) is { } one && subjects.Count > 1)
                {
                    throw new CommandException(
                        $"--weights {one} is for one network, and --model names {subjects.Count}: name one, or leave --weights out."
                    );
                }

                var file = NamedWeights.Find(notebook, parsed.GetValue(weights), cancel);
                if (subjects.Count == 0)
                {
                    subjects = Of(file!.Says);
                }

                var traceFile = TraceFile(parsed.GetValue(trace), parsed.GetValue(totals));
                var work = new ProfileWork(
                    notebook,
                    measurements,
                    options,
                    parsed.GetRequiredValue(timing.Device),
                    file
                )
                {
                    Totals = parsed.GetValue(totals),
                    Optimize = optimised,
                };
                var profile = work.Run(subjects, cancel);
                notebook.SetVariable(parsed.GetRequiredValue(variable), profile);
                work.Show(profile, parsed.GetValue(layers));
                if (traceFile is not null)
                {
                    notebook.Display(new View { Parts = [WriteTrace(profile, traceFile)] });
                }

                CommandAction.Throw(work.Ended);

                IReadOnlyList<MeasuredNetwork> Of(WeightsDescription says) =>
                    says.Architecture is { } own
                        ?
                        [
                            MeasuredNetwork.Of(
                                notebook,
                                own,
                                parsed.GetValue(timing.InputSize),
                                parsed.GetRequiredValue(switches),
                                says
                            ),
                        ]
                        : Subjects();

                IReadOnlyList<MeasuredNetwork> Subjects() =>
                    ModelsOption.Subjects(
                        notebook,
                        names,
                        parsed.GetValue(timing.InputSize),
                        parsed.GetRequiredValue(switches)
                    );
            }
        );
        return command;

        void FindLargest(
            LargestBatchOptions options,
            IReadOnlyList<MeasuredNetwork> subjects,
            string place,
            string name,
            CancellationToken cancel
        )
        {
            var work = new LargestBatchWork(notebook, options, place);
            var results = work.Run(subjects, cancel);
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

    /// <summary>Refuses options that say nothing to a search for the largest batch, rather than leave them unheard.</summary>
    private static void RequireForSearch(ParseResult parsed, Option<string> mode, IReadOnlyList<Option> others)
    {
        if (parsed.IsGiven(mode) && parsed.GetValue(mode) is not "train" and var asked)
        {
            throw new CommandException(
                $"--batch-size auto is for training: leave --mode {asked} out, or name a batch size."
            );
        }

        string[] given = [.. others.Where(parsed.IsGiven).Select(option => option.Name)];
        if (given.Length > 0)
        {
            throw new CommandException(
                $"--batch-size auto trains single steps and measures nothing else, so {Joined(given)} would do nothing: leave {(given.Length == 1 ? "it" : "them")} out, or name a batch size."
            );
        }
    }

    private static string Joined(string[] words) =>
        words is [.. var first, var last] && first.Length > 0 ? $"{string.Join(", ", first)} and {last}" : words[0];

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

        OutputFile.RequireWritable("--trace", path, "trace.json");
        return path;
    }

    /// <summary>Writes the layers that were measured; without any, an earlier file stays.</summary>
    private static string WriteTrace(ProfileResult profile, string path)
    {
        if (profile.Layers.Count == 0)
        {
            return $"No layers were measured by then, so no time line was written to {path}.";
        }

        ChromeTrace.Write(profile.Layers, path);
        return $"The time line of the layers is in {path}: open it in ui.perfetto.dev.";
    }
}
