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
        var size = CommonOptions.InputSize();
        var mode = CommonOptions.Make("--mode", "What is timed.", "inference", "mode");
        mode.AcceptOnlyFromAmong(Modes);
        var rounds = CommonOptions.Make(
            "--rounds",
            "Timed rounds, of which the median is the result.",
            defaults.Rounds,
            "number"
        );
        var budget = CommonOptions.Make(
            "--budget",
            "Seconds after which no round of a network starts.",
            (int)defaults.Budget.TotalSeconds,
            "seconds"
        );
        var precision = PrecisionOption.Create();
        var device = DeviceOption.Create();
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
            size,
            mode,
            rounds,
            budget,
            precision,
            device,
            weights,
            layers,
            totals,
            trace,
            variable,
        };
        command.SetWork(
            (parsed, cancel) =>
            {
                string[] names = [.. parsed.GetRequiredValue(models).Distinct()];
                var computed = PrecisionOption.Read(parsed, precision, device);
                var bytes = MemoryLimitOption.Read(parsed, limit);
                if (parsed.GetValue(batch) == Auto)
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
                        parsed.GetValue(size),
                        parsed.GetRequiredValue(device),
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
                        new ThroughputOptions
                        {
                            Mode = each,
                            BatchSize = Number(parsed.GetRequiredValue(batch)),
                            Precision = computed,
                            Rounds = parsed.GetValue(rounds),
                            Budget = TimeSpan.FromSeconds(parsed.GetValue(budget)),
                        }.Validate()
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
                    parsed.GetValue(size),
                    parsed.GetRequiredValue(device),
                    file
                )
                {
                    Totals = parsed.GetValue(totals),
                };
                var profile = work.Run(names, cancel);
                notebook.SetVariable(parsed.GetRequiredValue(variable), profile);
                work.Show(profile, parsed.GetValue(layers));
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

/// <summary>One run of the profile command.</summary>
internal sealed class ProfileWork(
    INotebook notebook,
    Measurements measurements,
    IReadOnlyList<ThroughputOptions> options,
    IReadOnlyList<string> settings,
    int? size,
    string device,
    string? weights
)
{
    private const int MostRoundsOfLayers = 5;
    private readonly List<ModelSummary> summaries = [];
    private readonly List<ThroughputResult> results = [];
    private readonly List<LayerProfile> layerProfiles = [];
    private IDisplayedValue? line;
    private string? notKept;

    /// <summary>Whether layers are left out.</summary>
    public bool Totals { get; init; }

    /// <summary>What tables call a network: its name, or that of its variable with the name in brackets.</summary>
    public static string LabelOf(string variable, Network network) => $"{variable} ({network.Info.Name})";

    /// <summary>Measures each network in each mode; what is done when it is interrupted is the result.</summary>
    public Profile Run(IReadOnlyList<string> models, CancellationToken cancel)
    {
        try
        {
            for (var i = 0; i < models.Count; i++)
            {
                Measure(models[i], i, models.Count, cancel);
            }
        }
        catch (OperationCanceledException) when (results.Count > 0)
        {
            // The networks measured so far are worth showing.
        }

        return new Profile
        {
            Summaries = summaries,
            Throughputs = results,
            Layers = layerProfiles,
        };
    }

    /// <summary>Shows the table in place of the progress line, and the charts below.</summary>
    public void Show(Profile profile, bool layers)
    {
        var table = ProfileViews.Comparison(profile);
        if (line is null)
        {
            notebook.Display(table);
        }
        else
        {
            line.Update(table);
        }

        notebook.Display(Plots.Throughput(profile.Throughputs));
        foreach (var chart in ProfileViews.Correlations(profile))
        {
            notebook.Display(chart);
        }

        foreach (var each in ProfileViews.LayersShown(profile))
        {
            notebook.Display(LayerViews.Of(each));
        }

        if (notKept is not null)
        {
            notebook.Display(new View { Parts = [$"The compare command will not know these speeds: {notKept}"] });
        }

        foreach (var summary in layers ? profile.Summaries : [])
        {
            notebook.Display(ProfileViews.Of(summary));
            foreach (var each in profile.Layers.Where(each => each.Model == summary.Model))
            {
                notebook.Display(
                    new View
                    {
                        Title = each.Model,
                        Subtitle = $"all layers: {Words.Of(each.Mode)}, {Words.Size(each.InputShape)}",
                        Parts = [LayerViews.Layers(each, int.MaxValue)],
                    }
                );
            }
        }
    }

    private void Measure(string name, int number, int count, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var (network, isNew) = CommonOptions.Resolve(notebook, name, settings, null, null, seed: 42);
        using var owned = isNew ? network : null;
        var side = CommonOptions.SizeFor(network, size);
        StartingWeights.Load(notebook, network, weights, cancel);
        DeviceOption.Place(network, device);
        long[] shape = [network.InChans, side, side];
        var label = isNew ? network.Info.Name : LabelOf(name, network);
        Report(label, "counting", 0, number, count);
        var summary = Summarizer.Summarize(network, shape) with { Model = label };
        for (var i = 0; i < options.Count; i++)
        {
            var (mode, part) = (options[i].Mode, i);
            var progress = new Progress(at =>
                Report(
                    label,
                    at.Round == 0
                        ? $"{Words.Of(mode)}, warming up"
                        : $"{Words.Of(mode)}, round {at.Round} of {at.Rounds}, {Words.Rate(at.ImagesPerSecond ?? 0)} images/s",
                    (part + (Totals ? 1 : 0.5) * at.Round / at.Rounds) / options.Count,
                    number,
                    count
                )
            );
            var result = ThroughputProfiler.Measure(network, shape, options[i], progress, cancel) with
            {
                Model = label,
            };
            results.Add(result);
            if (isNew)
            {
                notKept ??= measurements.Keep(result);
            }
            else
            {
                measurements.Keep(network, result);
            }

            if (i == 0)
            {
                summaries.Add(summary);
            }

            if (!Totals)
            {
                var look = new Look(at =>
                    Report(
                        label,
                        $"{Words.Of(mode)}, {at.What}",
                        (part + 0.5 + 0.5 * at.Done) / options.Count,
                        number,
                        count
                    )
                );
                var few = options[i] with { Rounds = Math.Min(options[i].Rounds, MostRoundsOfLayers) };
                layerProfiles.Add(LayerProfiler.Measure(network, shape, few, look, cancel) with { Model = label });
            }
        }
    }

    private void Report(string model, string what, double part, int number, int count)
    {
        var shown = new ProgressLine($"{model} ({number + 1} of {count}): {what}", (number + part) / count);
        if (line is null)
        {
            line = notebook.Display(shown);
        }
        else
        {
            line.Update(shown);
        }
    }

    private sealed class Look(Action<LayerProgress> report) : IProgress<LayerProgress>
    {
        public void Report(LayerProgress value) => report(value);
    }

    private sealed class Progress(Action<ThroughputProgress> report) : IProgress<ThroughputProgress>
    {
        public void Report(ThroughputProgress value) => report(value);
    }
}
