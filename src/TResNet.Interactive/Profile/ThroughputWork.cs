using Notebook;
using TResNet.Compute;
using TResNet.Interactive.Commands;
using TResNet.Interactive.Tables;
using TResNet.Profiling.Options;
using TResNet.Profiling.Throughput;

namespace TResNet.Interactive.Profile;

/// <summary>One run of the throughput command.</summary>
internal sealed class ThroughputWork(INotebook notebook, Measurements measurements)
{
    private readonly List<ThroughputCurve> curves = [];
    private readonly List<(string Model, IReadOnlyList<long> Image, ThroughputOptions Way)> asked = [];
    private readonly HashSet<string> drawn = [];
    private readonly LiveLine line = new(notebook);
    private string? notKept;
    private bool interrupted;

    /// <summary>How each network is timed: a curve each.</summary>
    public required IReadOnlyList<ThroughputOptions> Ways { get; init; }

    public required IReadOnlyList<int> BatchSizes { get; init; }

    public required string Device { get; init; }

    public bool Again { get; init; }

    /// <summary>What files of other machines hold.</summary>
    public IReadOnlyList<(string File, IReadOnlyList<ThroughputResult> Results)> Others { get; init; } = [];

    /// <summary>Why it ended before the last curve, or has nothing to show of this machine, if it was not interrupted; null otherwise.</summary>
    public Exception? Ended { get; private set; }

    /// <summary>Measures each network, or reads what was measured; what is done when it is interrupted is the result.</summary>
    public ThroughputCurves Run(IReadOnlyList<MeasuredNetwork> networks, CancellationToken cancel)
    {
        try
        {
            for (var i = 0; i < networks.Count && !interrupted; i++)
            {
                using var subject = networks[i];
                for (var j = 0; j < Ways.Count && !interrupted; j++)
                {
                    Measure(subject, Ways[j], (i * Ways.Count) + j, networks.Count * Ways.Count, cancel);
                }
            }
        }
        catch (TResNetException ended) when (curves.Count > 0)
        {
            Ended = ended;
        }

        if (curves.Count == 0)
        {
            throw new OperationCanceledException(cancel);
        }

        if (!interrupted && curves.All(curve => curve.Results.Count == 0))
        {
            Ended ??= new TResNetException(
                $"Nothing was measured: {curves[0].Ended}; choose smaller batches or smaller images."
            );
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

        foreach (var file in Others.Select(other => other.File).Where(file => !drawn.Contains(file)))
        {
            parts.Add(
                $"--results {file} adds no curve: it holds no measurement on another machine of these networks with this mode, precision, input size and batch sizes."
            );
        }

        line.Show(parts[0]);
        if (parts.Count > 1)
        {
            notebook.Display(new View { Parts = parts[1..] });
        }
    }

    private void Measure(
        MeasuredNetwork subject,
        ThroughputOptions options,
        int number,
        int count,
        CancellationToken cancel
    )
    {
        var device = DeviceOption.Find(Device);
        var label = DisplayText.Named(subject.Label, options);
        asked.Add((subject.Label, subject.Image, options));
        var remembered = Again
            ? []
            : BatchSizes
                .Select(batch => measurements.Find(subject, options with { BatchSize = batch }, device.ToString()))
                .OfType<ThroughputResult>()
                .ToArray();
        int[] missing = [.. BatchSizes.Except(remembered.Select(result => result.BatchSize))];
        var (tooLarge, ended) = Again ? (int.MaxValue, null) : WithoutRoom(subject, options, device, missing);
        missing = [.. missing.Where(batch => batch < tooLarge)];
        var measured = new SweepResult([], null, false);
        if (missing.Length > 0)
        {
            DeviceOption.Place(subject.Built, Device);
            measured = ThroughputSweep.Measure(
                subject.Built,
                subject.Image,
                missing,
                options,
                progress: new SynchronousProgress<SweepProgress>(at => Report(label, options, at, number, count)),
                cancel: cancel
            );
            foreach (var result in measured.Results)
            {
                // What an interrupt made short is shown, and measured anew the next time.
                if (!(measured.Interrupted && result.Shortened))
                {
                    notKept ??= measurements.Keep(subject, result with { Model = subject.Label }, Again);
                }
            }
        }

        if (measured.Needed is { } needed)
        {
            notKept ??= measurements.Keep(subject, needed with { Model = subject.Label });
        }

        interrupted |= measured.Interrupted;
        var results = measured.Results.Select(result => result with { Model = subject.Label }).Concat(remembered);
        var curve = new ThroughputCurve
        {
            Model = label,
            Machine = Machine.Describe(),
            Results = [.. results.OrderBy(result => result.BatchSize)],
            Remembered = remembered,
            Ended = measured.Ended ?? (measured.Interrupted ? null : ended),
        };
        if (curve.Results.Count > 0 || curve.Ended is not null)
        {
            curves.Add(curve);
        }
    }

    /// <summary>The smallest missing batch that is known to have no room, with the sentence; larger than any where none is.</summary>
    private (int Batch, string? Ended) WithoutRoom(
        MeasuredNetwork subject,
        ThroughputOptions options,
        TorchSharp.torch.Device device,
        int[] missing
    )
    {
        if (device.type != TorchSharp.DeviceType.CPU || missing.Length == 0)
        {
            return (int.MaxValue, null);
        }

        var needs = measurements.Needs(subject, options).ToArray();
        foreach (var batch in missing.Order())
        {
            if (needs.LastOrDefault(need => need.BatchSize == batch)?.NoRoom() is { } ended)
            {
                return (batch, ended);
            }
        }

        return (int.MaxValue, null);
    }

    /// <summary>What other machines measured of the same networks, the newest way of each.</summary>
    private IEnumerable<ThroughputCurve> OfOtherMachines()
    {
        var here = Machine.Hardware(Machine.Describe());
        var others = Others
            .Prepend((File: measurements.File, Results: measurements.All()))
            .SelectMany(file => file.Results.Select(result => (file.File, Result: result)))
            .Where(each => Machine.Hardware(each.Result.Machine) != here && BatchSizes.Contains(each.Result.BatchSize))
            .ToArray();
        foreach (var (model, image, options) in asked)
        {
            var fitting = others.Where(each =>
                each.Result.Model == model
                && (each.Result.Mode, each.Result.Options.Optimize) == (options.Mode, options.Optimize)
                && each.Result.Options.ComputeType == options.ComputeType
                && each.Result.InputShape.Skip(1).SequenceEqual(image)
            );
            foreach (
                var machine in fitting.GroupBy(each => (Machine.Hardware(each.Result.Machine), each.Result.Device))
            )
            {
                var way = machine
                    .GroupBy(each =>
                        (each.Result.Library, each.Result.Threads, each.Result.DataType, each.Result.MemoryFormat)
                    )
                    .MaxBy(same => same.Max(each => each.Result.Date))!
                    .GroupBy(each => each.Result.BatchSize)
                    .Select(same => same.MaxBy(each => each.Result.Date))
                    .OrderBy(each => each.Result.BatchSize)
                    .ToArray();
                drawn.UnionWith(machine.Select(each => each.File));
                ThroughputResult[] results = [.. way.Select(each => each.Result)];
                yield return new ThroughputCurve
                {
                    Model = DisplayText.Named(model, options),
                    Machine = results.MaxBy(result => result.Date)!.Machine,
                    Results = results,
                    Remembered = results,
                    Files = [.. way.Select(each => each.File).Distinct()],
                };
            }
        }
    }

    private void Report(string label, ThroughputOptions options, SweepProgress at, int number, int count)
    {
        var what = at.Round switch
        {
            null => "a look at its memory",
            { Round: 0 } => options.Optimize ? "optimising, which takes some seconds" : "warming up",
            { ImagesPerSecond: var rate } round =>
                $"round {round.Round} of {round.Rounds}, {DisplayText.Rate(rate ?? 0)} images/s",
        };
        var inBatch = at.Round is { } done ? done.Round / (double)done.Rounds : 0;
        line.Show(
            new ProgressLine(
                $"{label} ({number + 1} of {count}): batch of {at.BatchSize} ({at.Number + 1} of {at.Count}), {what}",
                (number + (at.Number + inBatch) / at.Count) / count
            )
        );
    }
}
