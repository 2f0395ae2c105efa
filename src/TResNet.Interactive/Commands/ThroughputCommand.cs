using System.CommandLine;
using System.Globalization;
using Notebook;
using TResNet.Interactive.Formatting;
using TResNet.Profiling;

namespace TResNet.Interactive.Commands;

/// <summary>Draws images a second over the batch size.</summary>
internal static class ThroughputCommand
{
    public static Command Create(INotebook notebook, string name, Measurements measurements)
    {
        var defaults = new ThroughputOptions { Rounds = 5, Budget = TimeSpan.FromSeconds(10) };
        var models = ModelsOption.Create(notebook, "tresnet_m", "resnet50");
        var batches = new Option<string[]>("--batch-sizes", "--batch-size")
        {
            Description = "Images in a batch: whole numbers with commas or spaces between.",
            DefaultValueFactory = _ => ["1,2,4,8,16,32"],
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            HelpName = "numbers",
        };
        var mode = CommonOptions.Make("--mode", "What is timed.", "inference", "mode");
        mode.AcceptOnlyFromAmong("inference", "train");
        var precision = PrecisionOption.Create();
        var size = CommonOptions.InputSize();
        var device = DeviceOption.Create();
        var rounds = CommonOptions.Make(
            "--rounds",
            "Timed rounds of each batch size, of which the median is the result.",
            defaults.Rounds,
            "number"
        );
        var budget = CommonOptions.Make(
            "--budget",
            "Seconds after which no round of a batch size starts.",
            (int)defaults.Budget.TotalSeconds,
            "seconds"
        );
        var again = new Option<bool>("--again")
        {
            Description = "Measures anew what this build measured on this machine before.",
        };
        var files = new Option<string[]>("--results")
        {
            Description = "Files throughput.jsonl of other machines, whose curves are drawn too.",
            DefaultValueFactory = _ => [],
            AllowMultipleArgumentsPerToken = true,
            Arity = ArgumentArity.OneOrMore,
            HelpName = "files",
        };
        var variable = CommonOptions.Name("--name", "The variable that gets the curves.", "throughput");
        var command = new Command(name, "Measures images per second over the batch size, and draws the curves.")
        {
            models,
            batches,
            mode,
            precision,
            size,
            device,
            rounds,
            budget,
            again,
            files,
            variable,
        };
        command.SetWork(
            (parsed, cancel) =>
            {
                var options = new ThroughputOptions
                {
                    Mode = parsed.GetValue(mode) == "train" ? ThroughputMode.Training : ThroughputMode.Inference,
                    Precision = PrecisionOption.Read(parsed, precision, device),
                    Rounds = parsed.GetValue(rounds),
                    Budget = TimeSpan.FromSeconds(parsed.GetValue(budget)),
                };
                var work = new ThroughputWork(notebook, measurements, options)
                {
                    BatchSizes = Numbers(parsed.GetRequiredValue(batches), options),
                    InputSize = parsed.GetValue(size),
                    Device = parsed.GetRequiredValue(device),
                    Again = parsed.GetValue(again),
                    Others = [.. parsed.GetRequiredValue(files).SelectMany(ThroughputStore.Read)],
                };
                var names = ModelsOption.Read(notebook, parsed.GetRequiredValue(models));
                var curves = work.Run(names, cancel);
                notebook.SetVariable(parsed.GetRequiredValue(variable), curves);
                work.Show(curves);
            }
        );
        return command;
    }

    private static int[] Numbers(IReadOnlyList<string> words, ThroughputOptions options)
    {
        var parts = string.Join(' ', words).Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0)
        {
            throw new CommandException("--batch-sizes names no number: write them with commas between, as in 1,2,4,8.");
        }

        return
        [
            .. parts
                .Select(part =>
                    int.TryParse(part, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                        ? (options with { BatchSize = number }).Validate().BatchSize
                        : throw new CommandException(
                            $"--batch-sizes cannot be '{part}': it takes whole numbers with commas between, as in 1,2,4,8."
                        )
                )
                .Distinct()
                .Order(),
        ];
    }
}

/// <summary>One run of the throughput command.</summary>
internal sealed class ThroughputWork(INotebook notebook, Measurements measurements, ThroughputOptions options)
{
    private readonly List<ThroughputCurve> curves = [];
    private readonly List<(string Model, IReadOnlyList<long> Image)> asked = [];
    private IDisplayedValue? line;
    private string? notKept;
    private bool interrupted;

    public required IReadOnlyList<int> BatchSizes { get; init; }

    public int? InputSize { get; init; }

    public required string Device { get; init; }

    public bool Again { get; init; }

    public IReadOnlyList<ThroughputResult> Others { get; init; } = [];

    /// <summary>Measures each network, or reads what was measured; what is done when it is interrupted is the result.</summary>
    public ThroughputCurves Run(IReadOnlyList<string> names, CancellationToken cancel)
    {
        var networks = names
            .SelectMany(name =>
                ModelsOption.IsNetwork(notebook, name) ? [name] : ModelsOption.Find(name).Select(info => info.Name)
            )
            .Distinct()
            .ToArray();
        for (var i = 0; i < networks.Length && !interrupted; i++)
        {
            Measure(networks[i], i, networks.Length, cancel);
        }

        if (curves.Count == 0)
        {
            throw new OperationCanceledException(cancel);
        }

        curves.AddRange(OfOtherMachines());
        return new ThroughputCurves { Curves = curves, Interrupted = interrupted };
    }

    /// <summary>Shows the chart in place of the progress line, and the table below.</summary>
    public void Show(ThroughputCurves shown)
    {
        var parts = ThroughputViews.Of(shown).Parts.ToList();
        if (notKept is not null)
        {
            parts.Add($"The next run will measure this again: {notKept}");
        }

        object first = parts[0];
        if (line is null)
        {
            notebook.Display(first);
        }
        else
        {
            line.Update(first);
        }

        if (parts.Count > 1)
        {
            notebook.Display(new View { Parts = parts[1..] });
        }
    }

    private void Measure(string name, int number, int count, CancellationToken cancel)
    {
        var device = DeviceOption.Find(Device);
        using var subject = Subject.Of(notebook, name, InputSize);
        asked.Add((subject.Label, subject.Image));
        var remembered = Again
            ? []
            : BatchSizes
                .Select(batch => measurements.Find(subject, options with { BatchSize = batch }, device.ToString()))
                .OfType<ThroughputResult>()
                .ToArray();
        int[] missing = [.. BatchSizes.Except(remembered.Select(result => result.BatchSize))];
        var measured = new SweepResult([], null, false);
        if (missing.Length > 0)
        {
            DeviceOption.Place(subject.Network, Device);
            measured = ThroughputSweep.Measure(
                subject.Network,
                subject.Image,
                missing,
                options,
                progress: new Progress(at => Report(subject.Label, at, number, count)),
                cancel: cancel
            );
            foreach (var result in measured.Results)
            {
                // What an interrupt made short is shown, and measured anew the next time.
                if (!(measured.Interrupted && result.Shortened))
                {
                    notKept ??= measurements.Keep(subject, result with { Model = subject.Label });
                }
            }
        }

        interrupted |= measured.Interrupted;
        var results = measured.Results.Select(result => result with { Model = subject.Label }).Concat(remembered);
        var curve = new ThroughputCurve
        {
            Model = subject.Label,
            Machine = Machine.Describe(),
            Results = [.. results.OrderBy(result => result.BatchSize)],
            Remembered = remembered,
            Ended = measured.Ended,
        };
        if (curve.Results.Count > 0 || curve.Ended is not null)
        {
            curves.Add(curve);
        }
    }

    /// <summary>What other machines measured of the same networks, the newest way of each.</summary>
    private IEnumerable<ThroughputCurve> OfOtherMachines()
    {
        var here = Machine.Describe();
        var others = measurements.All().Concat(Others).Where(result => result.Machine != here).ToArray();
        foreach (var (model, image) in asked)
        {
            var fitting = others.Where(result =>
                result.Model == model
                && result.Mode == options.Mode
                && result.Options.Precision == options.Precision
                && result.InputShape.Skip(1).SequenceEqual(image)
            );
            foreach (var machine in fitting.GroupBy(result => (result.Machine, result.Device)))
            {
                var way = machine
                    .GroupBy(result => (result.Library, result.Threads, result.DataType, result.MemoryFormat))
                    .MaxBy(same => same.Max(result => result.Date))!
                    .GroupBy(result => result.BatchSize)
                    .Select(same => same.MaxBy(result => result.Date)!)
                    .OrderBy(result => result.BatchSize)
                    .ToArray();
                yield return new ThroughputCurve
                {
                    Model = model,
                    Machine = machine.Key.Machine,
                    Results = way,
                    Remembered = way,
                };
            }
        }
    }

    private void Report(string model, SweepProgress at, int number, int count)
    {
        var what = at.Round switch
        {
            null => "a look at its memory",
            { Round: 0 } => "warming up",
            { ImagesPerSecond: var rate } round =>
                $"round {round.Round} of {round.Rounds}, {Words.Rate(rate ?? 0)} images/s",
        };
        var inBatch = at.Round is { } done ? done.Round / (double)done.Rounds : 0;
        var shown = new ProgressLine(
            $"{model} ({number + 1} of {count}): batch of {at.BatchSize} ({at.Number + 1} of {at.Count}), {what}",
            (number + (at.Number + inBatch) / at.Count) / count
        );
        if (line is null)
        {
            line = notebook.Display(shown);
        }
        else
        {
            line.Update(shown);
        }
    }

    private sealed class Progress(Action<SweepProgress> report) : IProgress<SweepProgress>
    {
        public void Report(SweepProgress value) => report(value);
    }
}
